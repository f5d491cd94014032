import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost, plugins } from './host.ts'
import { callPlugin, type PluginCall, pluginFolder } from './ipam-plugin.ts'

const two = [
  { address: '10.10.0.1/24', gateway: '10.10.0.254' },
  { address: '3ffe:ffff:0:1ff::1/64', gateway: '3ffe:ffff:0::1' },
]
const conf = (ipam: object | undefined, more: object = {}) => ({
  cniVersion: '1.0.0',
  name: 'n',
  ...more,
  ...(ipam ? { ipam: { type: 'static', ...ipam } } : {}),
})
const previous = (gateway?: string) => ({
  prevResult: {
    cniVersion: '1.0.0',
    ips: [{ address: '10.10.0.1/24', ...(gateway ? { gateway } : {}) }],
  },
})
const args = { cni: { ips: ['10.10.0.1/24', 'fd00::1/64'] } }
const dns = { nameservers: ['192.0.2.1'], domain: 'd', search: ['s'], options: ['o'] }
const routes = [{ dst: '0.0.0.0/0' }, { dst: '0.0.0.0/0', gw: '10.10.0.253' }, { dst: '::/0' }]

/** The rows of the facts on the reference plugins, section 9; the numbers are theirs. */
const cases: readonly (readonly [string, PluginCall])[] = [
  [
    'S1: all that can be configured',
    { command: 'ADD', conf: conf({ addresses: two, routes, dns }) },
  ],
  ['no address', { command: 'ADD', conf: conf({}) }],
  ['no address in 0.2.0', { command: 'ADD', conf: conf({}, { cniVersion: '0.2.0' }) }],
  [
    'S1 in 0.2.0',
    { command: 'ADD', conf: conf({ addresses: two, routes }, { cniVersion: '0.2.0' }) },
  ],
  [
    'S1 in 0.3.1',
    { command: 'ADD', conf: conf({ addresses: two, routes }, { cniVersion: '0.3.1' }) },
  ],
  ['S3: DEL without a conf worth the name', { command: 'DEL', conf: conf(undefined) }],
  ['S4: CNI_ARGS', { command: 'ADD', conf: conf({}), args: 'IP=10.10.0.1/24;GATEWAY=10.10.0.254' }],
  ['CNI_ARGS unknown', { command: 'ADD', conf: conf({}), args: 'FOO=1' }],
  [
    'S6: RuntimeConfig.ips',
    { command: 'ADD', conf: conf({ addresses: two }, { RuntimeConfig: args.cni }) },
  ],
  ['S7: args.cni.ips', { command: 'ADD', conf: conf({ addresses: two }, { args }) }],
  ['S9: no ipam', { command: 'ADD', conf: conf(undefined, { args }), args: 'IP=10.10.0.1/24' }],
  ['S10: in the conf', { command: 'ADD', conf: conf({ addresses: [{ address: '10.10.0.1' }] }) }],
  ['S10: in CNI_ARGS', { command: 'ADD', conf: conf({}), args: 'IP=10.10.0.1' }],
  ['S10: in args', { command: 'ADD', conf: conf({}, { args: { cni: { ips: ['10.10.0.1'] } } }) }],
  [
    'S10: in runtimeConfig',
    { command: 'ADD', conf: conf({}, { runtimeConfig: { ips: ['10.10.0.1'] } }) },
  ],
  ['S12', { command: 'CHECK', conf: conf({ addresses: two }) }],
  [
    'S13: another gateway',
    { command: 'CHECK', conf: conf({ addresses: two }, previous('10.10.0.1')) },
  ],
  [
    'the same gateway',
    { command: 'CHECK', conf: conf({ addresses: two }, previous('10.10.0.254')) },
  ],
  ['no gateway before', { command: 'CHECK', conf: conf({ addresses: two }, previous()) }],
]

describeOnHost('static', () => {
  let host: Host
  let ours: string
  beforeAll(async () => {
    host = await openHost()
    ours = `${await pluginFolder(host)}/static`
  })
  afterAll(() => host.close())

  it.each(cases)('answers as its Go original does: %s', async (_, call) => {
    const theirs = await callPlugin(host, `${plugins}/static`, call)
    expect(await callPlugin(host, ours, call)).toEqual(theirs)
  })

  it('has nothing to collect, and is ready when its conf is', async () => {
    const good = conf({ addresses: two }, { cniVersion: '1.1.0' })
    for (const command of ['GC', 'STATUS']) {
      expect(await callPlugin(host, ours, { command, conf: good })).toMatchObject({
        exitCode: 0,
        stdout: '',
      })
    }
    const bad = conf({ addresses: [{ address: 'x' }] }, { cniVersion: '1.1.0' })
    expect(await callPlugin(host, ours, { command: 'STATUS', conf: bad })).toMatchObject({
      exitCode: 1,
    })
  })
})
