import { type ContainerRef, orElse, parseResult, type Result } from '@vethra/cni'
import { parseRecord } from '@vethra/container'
import type { ContainerNames } from '@vethra/names'
import { findNetwork } from '@vethra/networks'
import { isAlive } from '../attach/life.ts'
import { recordsOf } from '../attach/whose.ts'
import { type Applied, ended, type RepairOf } from './applied.ts'
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
  const joined = record.networks.flatMap((each) => {
    const result = results.get(findNetwork(networks, each.ref)?.name ?? each.ref)
    return result ? [{ ...each, result }] : []
  })
  const { name, hostname, domainname, extraHosts } = record
  const aliases = joined.filter((each) => each.aliases.length > 0)
  const names: ContainerNames = {
    ...{ id, name, hostname, domainname, extraHosts },
    networks: Object.fromEntries(joined.map(({ ref, result }) => [ref, result])),
    ...(aliases.length === 0
      ? {}
      : { aliases: Object.fromEntries(aliases.map((each) => [each.ref, each.aliases])) }),
  }
  await hosts.acquire(names)
}

async function resultsOf(
  { host }: DoctorTools,
  ref: ContainerRef,
): Promise<ReadonlyMap<string, Result>> {
  const results = new Map<string, Result>()
  for (const record of await recordsOf(host.records, ref)) {
    const cached = (await isAlive(host, record)) ? await host.cache.read(record) : undefined
    const result = cached?.result === undefined ? undefined : readResult(cached.result)
    if (result) results.set(record.network, result)
  }
  return results
}

function readResult(text: string): Result | undefined {
  return orElse(() => parseResult(text, '0.1.0').result, undefined)
}
