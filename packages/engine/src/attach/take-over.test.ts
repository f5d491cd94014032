import { CniError, type PluginCall } from '@vethra/cni'
import type { AttachmentRecord, CachedAttachment, StageCall } from '@vethra/world'
import { beforeEach, expect, it } from 'vitest'
import { sampleHost } from '../../test/sample-host.ts'
import { sampleTools } from '../../test/sample-tools.ts'
import type { HostTools } from './host-tools.ts'
import { afterKilled, bearing, handBack, takeOver } from './take-over.ts'

const key = { network: 'lan', containerId: 'c1', ifname: 'eth0' }
const record: AttachmentRecord = { ...key, netns: '/n', netnsId: '4:1', nonce: 'n1' }
const attachment = { ...key, netns: '/n', cniArgs: [], capabilityArgs: {} }
const cached: CachedAttachment = { network: 'lan', attachment, listText: '{}', result: '{}' }
const made = { entry: cached, list: undefined, result: undefined }
const call: PluginCall = { ...attachment, type: 'x', operation: 'DEL', stdin: '{}' }
const native = { type: 'bridge', way: 'native' } as const

let records: AttachmentRecord[]
let waited: string[]
let ran: (string | undefined)[]
let tools: HostTools

beforeEach(() => {
  records = []
  waited = []
  ran = []
  const { host } = sampleTools(sampleHost())
  tools = {
    ...host,
    runner: {
      run: async ({ nonce }) => {
        ran.push(nonce)
        return ''
      },
      stage: async ({ ipam }) => {
        ran.push(ipam?.nonce)
        return undefined
      },
    },
    records: {
      ...host.records,
      read: async () => records.at(-1),
      write: async (each) => void records.push(each),
      list: async () => records.slice(-1),
    },
    cache: { ...host.cache, read: async () => cached, list: async () => [cached] },
    netns: {
      ...host.netns,
      nonce: () => 'n2',
      pluginsEnded: async (_, nonce) => void waited.push(nonce ?? ''),
    },
  }
})

it.each([
  ['an ADD that finished', { record, cached }, []],
  ['an ADD that was killed', { record, cached: undefined }, ['n1']],
  ['a DEL that was killed', { record: { ...record, underWay: 'DEL' }, cached }, ['n1']],
  ['an ADD of 0.1', { record: { ...record, nonce: undefined }, cached: undefined }, []],
] as const)('after %s waits for its plugins, and has a mark of its own', async (_, of, nonces) => {
  const { nonce, ...rest } = of.record
  const known = nonce === undefined ? rest : { ...rest, nonce }
  const { runner } = await takeOver(tools, { ...of, record: known, made }, 'DEL')
  await runner.run(call)
  expect([waited, ran]).toEqual([nonces, ['n2']])
  expect(records).toEqual([{ ...record, nonce: 'n2', underWay: 'DEL' }])
})

it.each([
  ['no program', [native], []],
  ['an IPAM plugin', [{ ...native, ipam: 'exec' as const }], ['n2']],
])('where %s runs, programs alone are marked, and the DEL is recorded', async (_, ways, nonces) => {
  const known = { record: { ...record, ways }, cached, made }
  const { runner } = await takeOver(tools, known, 'DEL')
  const stage: StageCall = { operation: 'DEL', calls: [], ipam: call }
  await runner.stage?.(stage)
  expect(ran).toEqual(nonces.length > 0 ? nonces : [undefined])
  expect(records).toEqual([{ ...record, ways, nonce: nonces[0] ?? 'n1', underWay: 'DEL' }])
})

it('a record that cannot be written keeps nothing from being detached: its mark serves on', async () => {
  tools.records.write = async () => {
    throw new CniError({ code: 5, message: 'disk full' })
  }
  const { runner } = await takeOver(tools, { record, cached, made }, 'repair')
  await runner.run(call)
  expect(ran).toEqual(['n1'])
})

it('an operation within another has its own mark', async () => {
  await bearing(bearing(tools, 'outer'), 'inner').runner.run(call)
  expect(ran).toEqual(['inner'])
})

it('what stays attached is under way no more', async () => {
  await takeOver(tools, { record, cached, made }, 'repair')
  await handBack(tools, record)
  expect(records.at(-1)).toEqual({ ...record, nonce: 'n2' })
})

it.each([
  ['a killed operation left running', { underWay: 'DEL' }, false, ['n1']],
  ['an operation under way is running', { underWay: 'DEL' }, true, []],
  ['a finished operation ran', {}, false, []],
] as const)('a doctor and the plugins that %s', async (_, more, isBusy, nonces) => {
  records = [{ ...record, ...more }]
  const busy = new CniError({ code: 11, message: 'busy' })
  const hold = async <T>(__: string, work: () => Promise<T>) => {
    if (isBusy) throw busy
    return work()
  }
  await afterKilled({ ...tools, lockNow: { hold } })
  expect(waited).toEqual(nonces)
})

it('a plugin that does not end keeps a doctor from nothing else', async () => {
  records = [{ ...record, underWay: 'DEL' }]
  const { lock } = tools
  tools.netns.pluginsEnded = async () => {
    throw new CniError({ code: 104, message: 'still running' })
  }
  await afterKilled({ ...tools, lockNow: lock })
})
