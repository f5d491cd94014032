import { beforeEach, expect, it } from 'vitest'
import { attach, type SampleHost, sampleHost, sampleRecord } from '../../test/sample-host.ts'
import { sampleTools } from '../../test/sample-tools.ts'
import { pruneNetworks, removeNetworks } from './network-remove.ts'
import type { ManageTools } from './tools.ts'

let host: SampleHost
let taken: string[]
let onLock: (path: string) => void
let tools: ManageTools

beforeEach(async () => {
  host = sampleHost()
  taken = []
  onLock = () => undefined
  const sample = sampleTools(host)
  const lock: typeof sample.host.lock = {
    hold: async (path, work) => {
      taken.push(path)
      onLock(path)
      return work(false)
    },
  }
  tools = {
    ...{ settings: { namespace: 'default' }, host: { ...sample.host, lock, kernel: undefined } },
    hosts: await sample.hosts('default'),
    networks: {
      ...sample.networks('default'),
      listOthers: async () => [],
      remove: async () => {
        host.done.push('remove conf list')
        host.conf = ''
        return true
      },
      exclusively: async (work: () => Promise<unknown>) => {
        taken.push('conf lists')
        return work()
      },
    },
    containers: { decisions: async () => [] },
    ipamAt: async () => ({ list: async () => [], removeNetwork: async () => undefined }),
    effects: { links: async () => [], containersOfOthers: async () => [] },
  } as unknown as ManageTools
})

const attachMeanwhile = (path: string) => {
  if (path === '/r/locks/network-lan' && host.records.length === 0) attach(host)
}

it('removes a network under its lock, which is taken before that of conf lists', async () => {
  await removeNetworks(tools, ['lan'])
  expect(host.done).toEqual(['remove conf list'])
  expect(taken.slice(0, 2)).toEqual(['/r/locks/network-lan', 'conf lists'])
})

it('leaves a network to which a container was being attached when its turn came', async () => {
  onLock = attachMeanwhile
  await expect(removeNetworks(tools, ['lan'])).rejects.toMatchObject({ code: 102 })
  expect(host).toMatchObject({ done: [], records: [{ network: 'lan' }] })
})

it('prunes the networks that are still unused in their turn', async () => {
  onLock = attachMeanwhile
  expect(await pruneNetworks(tools, [])).toMatchObject({ removed: [] })
  expect(host.done).toEqual([])
  host.records = []
  host.cached = []
  onLock = () => undefined
  expect(await pruneNetworks(tools, [])).toMatchObject({ removed: ['lan'] })
})

it('prunes no network that a bundle was prepared for meanwhile', async () => {
  onLock = (path) => {
    if (path === '/r/locks/network-lan')
      tools = Object.assign(tools, { containers: { decisions: async () => [sampleRecord] } })
  }
  expect(await pruneNetworks(tools, [])).toMatchObject({ removed: [] })
})
