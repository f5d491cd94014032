import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { parseDeleteCall, parseLog, parseStartCall } from './parse-call.ts'

const words = (line: string) => line.split(' ').filter((each) => each !== '')

it.each([
  ['create web', { command: 'create', id: 'web' }],
  ['create -b /b web', { command: 'create', id: 'web', bundle: '/b' }],
  ['create web -b /b', { command: 'create', id: 'web', bundle: '/b' }],
  ['create --bundle /b web', { command: 'create', id: 'web', bundle: '/b' }],
  ['create --bundle=/b web', { command: 'create', id: 'web', bundle: '/b' }],
  ['create -bundle /b web', { command: 'create', id: 'web', bundle: '/b' }],
  ['create -bundle=/b web', { command: 'create', id: 'web', bundle: '/b' }],
  ['create -b=/b web', { command: 'create', id: 'web', bundle: '/b' }],
  ['create -b/b web', { command: 'create', id: 'web', bundle: '/b' }],
  ['create --bun /b web', { command: 'create', id: 'web', bundle: '/b' }],
  ['create --bundle /a -b /b web', { command: 'create', id: 'web', bundle: '/b' }],
  ['create -b /b --bundle /a web', { command: 'create', id: 'web', bundle: '/a' }],
  ['create --bundle=/b=c web', { command: 'create', id: 'web', bundle: '/b=c' }],
  ['create --bundle= web', { command: 'create', id: 'web', bundle: '' }],
  ['create --pid-file /p --bundle /b web', { command: 'create', id: 'web', bundle: '/b' }],
  ['create --pid-file --bundle web', { command: 'create', id: 'web' }],
  ['create --console-socket=/s --no-pivot --no-new-keyring web', { command: 'create', id: 'web' }],
  ['create --preserve-fds 3 --pidfd-socket /s web', { command: 'create', id: 'web' }],
  ['create -- web', { command: 'create', id: 'web' }],
  ['create -b /b -- -web', { command: 'create', id: '-web', bundle: '/b' }],
  ['-- create web', { command: 'create', id: 'web' }],
  ['run web', { command: 'run', id: 'web' }],
  ['run -d -b /b web', { command: 'run', id: 'web', bundle: '/b' }],
  ['run -db /b web', { command: 'run', id: 'web', bundle: '/b' }],
  ['run -db/b web', { command: 'run', id: 'web', bundle: '/b' }],
  ['run -d=true --keep web', { command: 'run', id: 'web' }],
  ['run --detach --no-subreaper web', { command: 'run', id: 'web' }],
  ['restore --image-path /i -d web', { command: 'restore', id: 'web' }],
  [
    'restore --image-path /i --work-path /w --tcp-established --file-locks --empty-ns network -b /b web',
    { command: 'restore', id: 'web', bundle: '/b' },
  ],
  ['--root /r create web', { command: 'create', id: 'web', root: '/r' }],
  ['--root=/r --debug create web', { command: 'create', id: 'web', root: '/r' }],
  ['-root /r create web', { command: 'create', id: 'web', root: '/r' }],
  ['--root create run web', { command: 'run', id: 'web', root: 'create' }],
  [
    '--root /run/containerd/runc/default --log /b/log.json --log-format json --systemd-cgroup create --bundle /b --pid-file /b/init.pid web',
    {
      ...{ command: 'create', id: 'web', bundle: '/b', root: '/run/containerd/runc/default' },
      ...{ log: '/b/log.json', logFormat: 'json' },
    },
  ],
  [
    '--cgroup-manager cgroupfs --log-level debug --rootless=auto --criu /x --log=/l run web',
    { command: 'run', id: 'web', log: '/l' },
  ],
])('%s starts a container', (line, call) => {
  expect(parseStartCall(words(line))).toEqual(call)
})

it.each([
  ['delete web', { id: 'web' }],
  ['--root /r --log /l delete -f web', { id: 'web', root: '/r', log: '/l' }],
  ['delete web --force', { id: 'web' }],
  ['delete --force=true -- -web', { id: '-web' }],
])('%s deletes a container', (line, call) => {
  expect(parseDeleteCall(words(line))).toEqual(call)
})

it.each([
  'delete',
  'delete web more',
  'delete --regex web.*',
  'delete -h web',
  'kill web',
  'run web',
])('%s deletes no container that is known by it', (line) => {
  expect(parseDeleteCall(words(line))).toBeUndefined()
})

it('an id and a bundle are taken as they are written', () => {
  const argv = ['create', '--bundle', '/a folder/\u00e9\n', 'my id']
  expect(parseStartCall(argv)).toMatchObject({ id: 'my id', bundle: '/a folder/\u00e9\n' })
})

it.each([
  '',
  '--version',
  '-v',
  '--help',
  'help',
  'features',
  'spec',
  'list',
  'events web',
  'state web',
  'start web',
  'kill web KILL',
  'kill --all web 9',
  'delete --force web',
  'exec web create web',
  'exec -t --pid-file /p web run web',
  'exec -- web create',
  'checkpoint --image-path /i web',
  'ps web -- -ef',
  'pause web',
  'resume web',
  'update --memory 1 web',
  'init',
  'create',
  'create --help',
  'create -h web',
  'create --bundle',
  'create --bundle /b',
  'create --bundle /b web more',
  'create --unknown web',
  'create --no web',
  'create -d web',
  'create -x web',
  'run --config /c web',
  'run -f /c web',
  'run --image-path /i web',
  '--unknown create web',
  '--root',
  '--root /r',
  '--version create web',
  'constructor web',
  '__proto__ web',
  '- create web',
  'Create web',
])('%s is passed on', (line) => {
  expect(parseStartCall(words(line))).toBeUndefined()
})

it.each([[['create', '']], [['']], [['create', '--=x', 'web']], [['create', '---', 'web']]])(
  '%j is passed on',
  (argv) => {
    expect(parseStartCall(argv)).toBeUndefined()
  },
)

it('whatever the words are, an id is one of them, and never a flag before "--"', () => {
  const words = constantFrom(
    'create',
    'run',
    '-b',
    '--bundle',
    '--root=/r',
    '--',
    '-d',
    '--log',
    'web',
  )
  assert(
    property(array(oneof(words, string()), { maxLength: 12 }), (argv) => {
      const call = parseStartCall(argv)
      if (call === undefined) return
      expect(argv).toContain(call.id)
      expect(argv).toContain(call.command)
      if (!argv.includes('--')) expect(call.id === '-' || !call.id.startsWith('-')).toBe(true)
    }),
  )
})

it.each([
  ['--log /l --log-format json state web', { log: '/l', logFormat: 'json' }],
  ['--root /r --log=/l kill web 9', { log: '/l' }],
  ['exec --log /l web sh', {}],
  ['--log', {}],
  ['', {}],
])('%s names the log %j, whatever its command', (line, log) => {
  expect(parseLog(words(line))).toEqual(log)
})
