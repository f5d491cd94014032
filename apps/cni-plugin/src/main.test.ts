import { memoryIpamStore } from '@vethra/memory-world'
import { expect, it } from 'vitest'
import { main } from './index.ts'

interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

async function run(name: string, env: Readonly<Record<string, string>>, input = ''): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  const io = {
    env,
    readStdin: async () => input,
    write: (text: string) => {
      stdout += text
    },
    complain: (line: string) => {
      stderr += `${line}\n`
    },
  }
  const world = {
    ipam: async () => memoryIpamStore(),
    cached: async () => [],
    host: async () => Promise.reject(new TypeError('these plugins change no link')),
  }
  const status = await main([name], io, world)
  return { status, stdout, stderr }
}

const whole = { CNI_CONTAINERID: 'a', CNI_NETNS: '/x', CNI_IFNAME: 'eth0', CNI_PATH: '/x' }
const add = { ...whole, CNI_COMMAND: 'ADD' }

it('says what it is when there is no command, and knows only its own names', async () => {
  expect(await run('static', {})).toEqual({
    status: 0,
    stdout: '',
    stderr:
      'CNI static plugin v0.1.0\nCNI protocol versions supported: 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0\n',
  })
  expect(await run('weave', add)).toMatchObject({ status: 2, stdout: '' })
})

it('prints a result with four blanks a level and no newline, as the reference plugins do', async () => {
  const conf = { cniVersion: '1.0.0', name: 'n', ipam: { addresses: [{ address: '10.0.0.5/24' }] } }
  expect(await run('static', add, JSON.stringify(conf))).toEqual({
    status: 0,
    stderr: '',
    stdout:
      '{\n    "cniVersion": "1.0.0",\n    "ips": [\n        {\n            "address": "10.0.0.5/24"\n        }\n    ],\n    "dns": {}\n}',
  })
})

it('answers VERSION without reading anything', async () => {
  const ran = await run('static', { CNI_COMMAND: 'VERSION' }, 'no JSON')
  expect(ran.stdout).toBe(
    '{"cniVersion":"1.1.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}\n',
  )
})

it.each([
  ['bandwidth', '0.2.0', '0.3.0'],
  ['vrf', '0.3.0', '0.3.1'],
  ['firewall', '0.3.1', '0.4.0'],
])('%s knows no version before that of its original: not %s', async (name, old, oldest) => {
  const known = JSON.parse((await run(name, { CNI_COMMAND: 'VERSION' })).stdout)
  expect(known.supportedVersions[0]).toBe(oldest)
  const ran = await run(name, add, JSON.stringify({ cniVersion: old, name: 'n', prevResult: {} }))
  expect(JSON.parse(ran.stdout)).toMatchObject({
    code: 1,
    msg: 'incompatible CNI versions',
    details: expect.stringContaining(`plugin supports ["${oldest}" `),
  })
})

const good = '{"cniVersion":"1.0.0","name":"n","ipam":{}}'
const missing = (...names: readonly string[]) => `required env variables [${names}] missing`
it.each<[string, Readonly<Record<string, string>>, string, object]>([
  [
    'an id that is none',
    { ...add, CNI_CONTAINERID: 'a/b' },
    good,
    { code: 4, msg: 'invalid characters in containerID', details: 'a/b' },
  ],
  [
    'an interface that is none',
    { ...add, CNI_IFNAME: 'abcdefghijklmnop' },
    good,
    {
      code: 4,
      msg: 'interface name is too long',
      details: 'interface name should be less than 16 characters',
    },
  ],
  [
    'all that is missing, together',
    { CNI_COMMAND: 'ADD' },
    good,
    { code: 4, msg: missing('CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH') },
  ],
  [
    'a DEL without a namespace is fine, but not without a path',
    { CNI_COMMAND: 'DEL' },
    good,
    { code: 4, msg: missing('CNI_CONTAINERID', 'CNI_IFNAME', 'CNI_PATH') },
  ],
  ['a GC without a path', { CNI_COMMAND: 'GC' }, good, { code: 4, msg: missing('CNI_PATH') }],
  [
    'a command that is none',
    { ...whole, CNI_COMMAND: 'add' },
    good,
    { code: 4, msg: 'unknown CNI_COMMAND: add' },
  ],
  [
    'a command that every object has',
    { ...whole, CNI_COMMAND: 'toString' },
    good,
    { code: 4, msg: 'unknown CNI_COMMAND: toString' },
  ],
  [
    'nothing to read',
    add,
    '',
    { code: 6, msg: 'error unmarshall network config: unexpected end of JSON input' },
  ],
  [
    'no JSON',
    add,
    'x',
    {
      code: 6,
      msg: "error unmarshall network config: invalid character 'x' looking for beginning of value",
    },
  ],
  [
    'a name that is a number',
    add,
    '{"name":5}',
    {
      code: 6,
      msg: 'error unmarshall network config: json: cannot unmarshal number into Go struct field .name of type string',
    },
  ],
  ['no name', add, '{}', { code: 7, msg: 'missing network name' }],
  [
    'a hostile name',
    add,
    '{"name":"../x"}',
    { code: 7, msg: 'invalid characters found in network name', details: '../x' },
  ],
  [
    'a version that is unknown',
    add,
    '{"name":"n","cniVersion":"9.9.9"}',
    {
      code: 1,
      msg: 'incompatible CNI versions',
      details:
        'config is "9.9.9", plugin supports ["0.1.0" "0.2.0" "0.3.0" "0.3.1" "0.4.0" "1.0.0" "1.1.0"]',
    },
  ],
  [
    'a version that is a number',
    add,
    '{"name":"n","cniVersion":1}',
    {
      code: 6,
      msg: 'decoding version from network config: json: cannot unmarshal number into Go struct field .cniVersion of type string',
    },
  ],
  [
    'CHECK before 0.4.0',
    { ...add, CNI_COMMAND: 'CHECK' },
    '{"name":"n"}',
    { code: 1, msg: 'config version does not allow CHECK' },
  ],
  [
    'GC before 1.1.0',
    { ...add, CNI_COMMAND: 'GC' },
    good,
    { code: 1, msg: 'config version does not allow GC' },
  ],
  [
    'STATUS of the future',
    { ...add, CNI_COMMAND: 'STATUS' },
    '{"name":"n","cniVersion":"2.0.0"}',
    { code: 1, msg: 'plugin version does not allow STATUS' },
  ],
  [
    'CHECK of no version',
    { ...add, CNI_COMMAND: 'CHECK' },
    '{"name":"n","cniVersion":"x.y"}',
    {
      code: 6,
      msg: 'failed to convert major version part "x": strconv.Atoi: parsing "x": invalid syntax',
    },
  ],
  [
    'a conf that is wrong',
    add,
    '{"name":"n","ipam":5}',
    {
      code: 999,
      msg: 'json: cannot unmarshal number into Go struct field Net.ipam of type main.IPAMConfig',
    },
  ],
  [
    'the namespace of the plugin itself',
    { ...add, CNI_NETNS: '/proc/self/ns/net' },
    good,
    { code: 8, msg: "plugin's netns and netns from CNI_NETNS should not be the same" },
  ],
])('refuses %s', async (_, env, input, error) => {
  const ran = await run('static', env, input)
  expect(ran.status).toBe(1)
  expect(JSON.parse(ran.stdout)).toEqual(error)
})

it.each(['1', 'TRUE', 'true'])(
  'takes its own namespace when CNI_NETNS_OVERRIDE is %s',
  async (override) => {
    const env = { ...add, CNI_NETNS: '/proc/self/ns/net', CNI_NETNS_OVERRIDE: override }
    expect((await run('static', env, good)).status).toBe(0)
  },
)
