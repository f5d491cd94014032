import { beforeEach, expect, it } from 'vitest'
import { attach, type SampleHost, sampleHost } from '../../test/sample-host.ts'
import { sampleTools } from '../../test/sample-tools.ts'
import { releaseReservations } from './ipam-release.ts'
import type { ManageTools } from './tools.ts'

let host: SampleHost
let tools: ManageTools

beforeEach(async () => {
  host = sampleHost()
  attach(host)
  const sample = sampleTools(host)
  tools = {
    settings: { namespace: 'default' },
    host: sample.host,
    hosts: await sample.hosts('default'),
    networks: { ...sample.networks('default'), listOthers: async () => [] },
    containers: { decisions: async () => [] },
    effects: { containersOfOthers: async () => [] },
    ipamAt: async () => ({
      networks: async () => ['lan'],
      list: async () => host.reservations,
      drop: async (_: string, dropped: readonly unknown[]) => dropped,
    }),
  } as unknown as ManageTools
})

it('the address of a container that runs is refused, with the command that ends its use', async () => {
  for (const wish of [{ ip: '10.4.1.2' }, { id: 'default-c1' }])
    await expect(releaseReservations(tools, { network: 'lan', ...wish })).rejects.toMatchObject({
      code: 102,
      message: 'address 10.4.1.2 of network lan is used by container default-c1, which runs',
      hint: expect.stringContaining('/n'),
    })
})

it('of a container that was prepared, the command names another namespace alone', async () => {
  const [record] = host.records
  if (record) host.records = [{ ...record, container: { namespace: 'default', id: 'c1' } }]
  const hintIn = (namespace: string) =>
    releaseReservations(
      { ...tools, settings: { ...tools.settings, namespace } },
      { network: 'lan', ip: '10.4.1.2' },
    ).catch(({ hint }) => hint)
  expect(await hintIn('default')).toMatch(/: vethra network disconnect lan c1$/)
  expect(await hintIn('other')).toMatch(/: vethra --namespace default network disconnect lan c1$/)
})

it('an address that the container does not use is released, and so is all of one that is gone', async () => {
  const more = { address: '10.4.1.9', containerId: 'default-c1', ifname: 'eth0', sinceMs: 1 }
  host.reservations.push(more)
  expect(await releaseReservations(tools, { network: 'lan', ip: '10.4.1.9' })).toEqual(['10.4.1.9'])
  host.namespaces = {}
  expect(await releaseReservations(tools, { network: 'lan', id: 'default-c1' })).toEqual([
    '10.4.1.2',
    '10.4.1.9',
  ])
})
