import type { ContainerRef, Result } from '@vethra/cni'
import { containerNames, parseRecord } from '@vethra/container'
import type { RepairOf } from '@vethra/findings'
import { findNetwork } from '@vethra/networks'
import { resultOf } from '../attach/cached-list.ts'
import { isAlive } from '../attach/life.ts'
import { recordsOf } from '../attach/whose.ts'
import { type Applied, ended } from './applied.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { readNetworks } from './read-networks.ts'

/** Makes a running container known to its peers, by what was decided for it and by what its attachments returned. */
export async function restoreNames(
  tools: DoctorTools,
  { namespace, id }: RepairOf<'restore-names'>,
): Promise<Applied> {
  const { containers, hosts } = await tools.inNamespace(namespace)
  const file = await containers.read(id, 'vethra.json')
  const results = await resultsOf(tools, { namespace, id })
  if (file === undefined || results.size === 0) return ended
  const record = parseRecord(file)
  const { networks } = await readNetworks(tools, [namespace])
  const joined = record.networks.map(({ ref }) =>
    results.get(findNetwork(networks, ref)?.name ?? ref),
  )
  await hosts.acquire(containerNames({ ...record, id }, joined))
}

async function resultsOf(
  { host }: DoctorTools,
  ref: ContainerRef,
): Promise<ReadonlyMap<string, Result>> {
  const results = new Map<string, Result>()
  for (const record of await recordsOf(host.records, ref)) {
    const cached = (await isAlive(host, record)) ? await host.cache.read(record) : undefined
    const result = resultOf(cached)
    if (result) results.set(record.network, result)
  }
  return results
}
