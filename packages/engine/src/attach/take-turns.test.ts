import type { PluginCall } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import { beforeEach, expect, it } from 'vitest'
import { addPlugins } from './add-plugins.ts'
import { pluginRunner } from './run-step.ts'
import { runInTurn, type TurnTools } from './take-turns.ts'

const portRules = [
  '-A PREROUTING -j CNI-HOSTPORT-DNAT',
  '-A OUTPUT -j CNI-HOSTPORT-DNAT',
  '-A POSTROUTING -j CNI-HOSTPORT-MASQ',
  '-A CNI-HOSTPORT-MASQ -j MASQUERADE',
  '-A CNI-HOSTPORT-SETMARK -j MARK --set-xmark 0x2000/0x2000',
]
const forwardRules = [
  '-A FORWARD -j CNI-ISOLATION-STAGE-1',
  '-A FORWARD -j CNI-FORWARD',
  '-A CNI-FORWARD -j CNI-ADMIN',
  '-A CNI-ISOLATION-STAGE-1 -j RETURN',
  '-A CNI-ISOLATION-STAGE-2 -j RETURN',
]
const isolationRules = [
  '-A CNI-ISOLATION-STAGE-1 -i br0 ! -o br0 -j CNI-ISOLATION-STAGE-2',
  '-A CNI-ISOLATION-STAGE-2 -o br0 -j DROP',
]
const all = [...portRules, ...forwardRules, ...isolationRules]
const list = parseConfList(
  '{"cniVersion":"1.0.0","name":"lan","plugins":[{"type":"bridge","bridge":"br0"},{"type":"portmap"},{"type":"firewall","ingressPolicy":"same-bridge"}]}',
)
const attachment = {
  containerId: 'c',
  netns: '/n',
  ifname: 'eth0',
  cniArgs: [],
  capabilityArgs: { portMappings: [{ hostPort: 80 }] },
}

let log: string[]
let rules: { 4: readonly string[]; 6: readonly string[] }
let whileWaiting: () => void
let tools: TurnTools

beforeEach(() => {
  log = []
  rules = { 4: [], 6: [] }
  whileWaiting = () => undefined
  tools = {
    runner: {
      run: async ({ operation, type }) => {
        log.push(`${operation} ${type}`)
        return ''
      },
    },
    lock: {
      hold: async (path, work) => {
        whileWaiting()
        log.push(`lock ${path.split('/').at(-1)}`)
        const done = await work()
        log.push('unlock')
        return done
      },
    },
    rules: {
      save: async (families = [4, 6]) =>
        families.map((family) => ({ family, text: rules[family].join('\n') })),
      restore: async () => undefined,
    },
    places: { netconf: '/c', dataStore: '/d', runtime: '/r', networks: '/i' },
  }
})

function call(type: string, operation: PluginCall['operation'] = 'ADD', address = '10.0.0.2/24') {
  const runtimeConfig = { portMappings: [{ hostPort: 80 }] }
  const stdin = JSON.stringify({ runtimeConfig, prevResult: { ips: [{ address }] } })
  const { containerId, netns, ifname, cniArgs } = attachment
  return { type, operation, containerId, netns, ifname, cniArgs, stdin }
}

async function run(...calls: readonly PluginCall[]): Promise<readonly string[]> {
  const netns = {
    linkAt: async () => undefined,
    hasLink: async () => true,
    look: async () => ({ found: 'unreadable', netnsId: '' }) as const,
  }
  const runner = pluginRunner({ ...tools, netns }, { list, isMade: true })
  for (const each of calls) await runner.run(each)
  return log
}

it('the first one makes the rules that all share, and those of its network, alone', async () => {
  expect(await run(call('bridge'), call('portmap'), call('firewall'))).toEqual([
    'ADD bridge',
    ...['lock shared-chains', 'ADD portmap', 'unlock'],
    ...['lock isolation-lan', 'lock shared-chains', 'ADD firewall', 'unlock', 'unlock'],
  ])
})

it('nobody waits once the rules are there', async () => {
  rules = { 4: all, 6: [] }
  expect(await run(call('bridge'), call('portmap'), call('firewall'))).toEqual([
    'ADD bridge',
    'ADD portmap',
    'ADD firewall',
  ])
})

it('who finds them made after waiting lets go of the lock before the plugin runs', async () => {
  whileWaiting = () => {
    rules = { 4: all, 6: [] }
  }
  expect(await run(call('portmap'))).toEqual(['lock shared-chains', 'unlock', 'ADD portmap'])
})

it('the rules are read once, while the interface plugin runs', async () => {
  const events: string[] = []
  const result = '{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.2/24"}]}'
  const runner: TurnTools['runner'] = {
    run: async ({ type }) => {
      events.push(type)
      await Promise.resolve()
      events.push(`${type} ended`)
      return result
    },
  }
  const saving: TurnTools['rules'] = {
    ...tools.rules,
    save: async (families = []) => {
      events.push(`rules of ${families.join()}`)
      return families.map((family) => ({ family, text: all.join('\n') }))
    },
  }
  const unused = async () => expect.unreachable()
  const cache = { check: unused, read: unused, write: unused, remove: unused, list: unused }
  await addPlugins(
    {
      ...tools,
      ...{ runner, rules: saving, records: { write: async () => undefined } },
      ...{
        cache: { ...cache, flush: unused },
        netns: { linkAt: unused, hasLink: unused, look: unused },
      },
    },
    { list, attachment, record: undefined },
  )
  expect(events).toEqual([
    ...['bridge', 'rules of 4', 'bridge ended'],
    ...['portmap', 'portmap ended', 'firewall', 'firewall ended'],
  ])
})

it('another network waits for those who share its bridge alone', async () => {
  rules = { 4: [...portRules, ...forwardRules], 6: [] }
  expect(await run(call('firewall'))).toEqual(['lock isolation-lan', 'ADD firewall', 'unlock'])
})

it('the rules of IPv6 count where the interface has such an address', async () => {
  rules = { 4: all, 6: [] }
  expect(await run(call('portmap', 'ADD', 'fd00::2/64'))).toEqual([
    'lock shared-chains',
    'ADD portmap',
    'unlock',
  ])
})

it('each plugin waits for its own rules alone', async () => {
  rules = { 4: portRules, 6: [] }
  expect(await run(call('bridge'), call('portmap'), call('firewall'))).toEqual([
    'ADD bridge',
    'ADD portmap',
    ...['lock isolation-lan', 'lock shared-chains', 'ADD firewall', 'unlock', 'unlock'],
  ])
})

it('the rules of IPv4 say nothing of those of IPv6', async () => {
  rules = { 4: all, 6: [] }
  expect(await run(call('bridge'), call('portmap', 'ADD', 'fd00::2/64'))).toEqual([
    'ADD bridge',
    ...['lock shared-chains', 'ADD portmap', 'unlock'],
  ])
})

it('a DEL waits for nobody', async () => {
  expect(await run(call('firewall', 'DEL'), call('portmap', 'DEL'))).toEqual([
    'DEL firewall',
    'DEL portmap',
  ])
})

it('a plugin that fails while it has its turn gives it back and its failure on', async () => {
  const failing: TurnTools = {
    ...tools,
    runner: { run: async () => Promise.reject(new Error('no')) },
    lock: { hold: (_, work) => work().finally(() => log.push('unlock')) },
  }
  await expect(runInTurn(failing, { list }, call('portmap'))).rejects.toThrow('no')
  expect(log).toEqual(['unlock'])
})
