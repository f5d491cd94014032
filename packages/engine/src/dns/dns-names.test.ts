import { CniError } from '@vethra/cni'
import { expect, it } from 'vitest'
import { readNames, rereadNames } from './dns-names.ts'
import type { DnsTools } from './dns-tools.ts'

const conf = JSON.stringify({
  cniVersion: '1.0.0',
  name: 'lan',
  plugins: [{ type: 'bridge', bridge: 'br-lan', ipam: { type: 'host-local' } }],
})
const idOf = (index: number) => index.toString(16).padStart(64, '0')

/** A host with containers in a network; those of `damaged` cannot be read. */
function hostWith(count: number, damaged: readonly string[] = []) {
  const ids = new Set(Array.from({ length: count }, (_, index) => idOf(index)))
  const collected: number[] = []
  let reads = 0
  const read = async (id: string) => {
    reads += 1
    if (damaged.includes(id)) throw new CniError({ code: 5, message: 'cannot read' })
    if (!ids.has(id)) return undefined
    const index = Number.parseInt(id, 16)
    const ips = [{ address: `10.4.${index >> 8}.${index & 255}/16` }]
    const networks = { lan: { cniVersion: '1.0.0', ips } }
    return { id, name: `name-${index}`, hostname: '', extraHosts: [], networks }
  }
  const tools = {
    networks: () => ({ list: async () => [{ file: '/net/lan.conflist', text: conf }] }),
    hosts: async () => ({ ids: async () => [...ids], read }),
    containers: () => ({ list: async () => [], read: async () => undefined }),
    clock: {},
    collectGarbage: async () => void collected.push(reads),
  } as unknown as DnsTools
  return { tools, ids, collected }
}

it('of thousands of containers, what was read of some hundreds is given back before others are read', async () => {
  const { tools, collected } = hostWith(1100)
  const { zone } = await readNames(tools, 'default')
  expect(zone.containers.size).toBe(1100)
  expect(collected).toEqual([250, 500, 750, 1000, 1100])
  const few = hostWith(200)
  await readNames(few.tools, 'default')
  expect(few.collected).toEqual([])
})

it('a container whose names cannot be read hides no other', async () => {
  const { tools } = hostWith(3, [idOf(1)])
  const { zone } = await readNames(tools, 'default')
  expect([...zone.containers.keys()]).toEqual([idOf(0), idOf(2)])
})

it('one that is gone is forgotten, and one that has come is known, by their ids alone', async () => {
  const { tools, ids } = hostWith(2)
  const before = await readNames(tools, 'default')
  ids.delete(idOf(0))
  ids.add(idOf(7))
  const changed = { networks: false, ids: [idOf(0), idOf(7)] }
  const { zone } = await rereadNames(tools, before, changed)
  expect([...zone.containers.values()].map(({ name }) => name)).toEqual(['name-1', 'name-7'])
})
