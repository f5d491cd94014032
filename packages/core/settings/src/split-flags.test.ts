import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { settingFlags, splitGlobalFlags, splitHookFlags } from './index.ts'

describe('splitGlobalFlags', () => {
  it.each<[readonly string[], object, readonly string[]]>([
    [[], {}, []],
    [
      ['--data-root', '/d', 'network', 'ls', '--namespace=k8s.io', '-q'],
      { data_root: '/d', namespace: 'k8s.io' },
      ['network', 'ls', '-q'],
    ],
    [['network', 'ls', '-n', 'k8s.io'], { namespace: 'k8s.io' }, ['network', 'ls']],
    [['-n=a', 'ls'], { namespace: 'a' }, ['ls']],
    [['--cni-path=/a=b', 'ls'], { cni_path: '/a=b' }, ['ls']],
    [['--namespace=', 'ls'], { namespace: '' }, ['ls']],
    [['-n', 'a', '-n', 'b'], { namespace: 'b' }, []],
    [['--dns', '1.1.1.1', 'x', '--dns=9.9.9.9'], { dns: ['1.1.1.1', '9.9.9.9'] }, ['x']],
    [['x', '--', '--namespace', 'a'], {}, ['x', '--', '--namespace', 'a']],
    [
      ['ls', '--name', 'a', '--data-roots', '-na'],
      {},
      ['ls', '--name', 'a', '--data-roots', '-na'],
    ],
    [['--namespace', '-n'], { namespace: '-n' }, []],
  ])('%j', (argv, flags, rest) => {
    expect(splitGlobalFlags(argv)).toEqual({ flags, rest })
  })

  it.each([[['ls', '--data-root']], [['--data-root', '--', 'ls']], [['-n']]])(
    'refuses %j: a value is missing',
    (argv) => {
      expect(() => splitGlobalFlags(argv)).toThrow(
        expect.objectContaining({ code: 103, message: expect.stringMatching(/needs a value$/) }),
      )
    },
  )

  it('leaves every other word where it was, wherever the flags stand', () => {
    const word = fc.constantFrom('network', 'ls', '-q', '--format', 'json', '--label=a=b', '')
    const flag = fc.constantFrom(['--namespace', 'x'], ['-n=x'], ['--dns=1.1.1.1'], ['--dns', '-'])
    const parts = fc.array(fc.oneof(word, flag), { maxLength: 12 })
    fc.assert(
      fc.property(parts, (mixed) => {
        const rest = mixed.filter((each) => typeof each === 'string')
        expect(splitGlobalFlags(mixed.flat()).rest).toEqual(rest)
        expect(splitGlobalFlags(['--', ...mixed.flat()]).rest).toEqual(['--', ...mixed.flat()])
      }),
    )
  })

  it('knows every flag of the table', () => {
    const argv = settingFlags.flatMap((row) => [row.flag, 'x'])
    const { flags, rest } = splitGlobalFlags(argv)
    expect(Object.keys(flags)).toEqual(settingFlags.map((row) => row.toml))
    expect(rest).toEqual([])
  })
})

describe('splitHookFlags', () => {
  it("drops what is nerdctl's alone and keeps what is ours too", () => {
    const line = [
      '--debug=true',
      '--address=/run/c.sock',
      '--cgroup-manager=cgroupfs',
      '--data-root=/var/lib/nerdctl',
      '--snapshotter=native',
      '--bridge-ip=',
      'internal',
      'oci-hook',
      'createRuntime',
    ]
    expect(splitHookFlags(line)).toEqual({
      flags: { address: '/run/c.sock', data_root: '/var/lib/nerdctl' },
      rest: ['internal', 'oci-hook', 'createRuntime'],
    })
  })

  it.each(['--host=/s', '--a=/s', '--H=/s'])('understands %s as the address', (flag) => {
    expect(splitHookFlags([flag, 'internal']).flags).toEqual({ address: '/s' })
  })

  it.each(['constructor=x', 'host=/s', '--hosts=/s', '--n', '--nx', '--host', '='])(
    'leaves %s as it is',
    (word) => {
      expect(splitHookFlags(['internal', word])).toEqual({ flags: {}, rest: ['internal', word] })
    },
  )

  it('drops a flag of no value', () => {
    expect(splitHookFlags(['--namespace=', '--address=/s', 'internal'])).toEqual({
      flags: { address: '/s' },
      rest: ['internal'],
    })
  })

  it('understands --n as the namespace', () => {
    expect(splitHookFlags(['--n=k8s.io', 'internal']).flags).toEqual({ namespace: 'k8s.io' })
  })

  it('tolerates a flag it does not know only before the first word', () => {
    expect(splitHookFlags(['internal', '--debug']).rest).toEqual(['internal', '--debug'])
    expect(splitHookFlags(['--debug']).rest).toEqual([])
    expect(splitGlobalFlags(['--debug', 'internal']).rest).toEqual(['--debug', 'internal'])
  })
})
