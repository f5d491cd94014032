import { type ContainerRef, orElse, parseResult, type Result } from '@vethra/cni'
import { parseRecord } from '@vethra/container'
import type { Repair } from '@vethra/findings'
import type { ContainerNames } from '@vethra/names'
import { findNetwork } from '@vethra/networks'
import { recordsOf } from '../attach/whose.ts'
import { isAlive } from './alive.ts'
import { holding, isContainerAttached } from './container-lock.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { readNetworks } from './observe.ts'
import type { RepairResult } from './repair-result.ts'

/** Takes a container that is in no network out of its peers' files. */
export async function forgetNames(
  tools: DoctorTools,
  { namespace, id }: Extract<Repair, { kind: 'forget-names' }>,
): Promise<RepairResult> {
  return holding(tools, { namespace, id }, async ({ hosts }) => {
    if (await isContainerAttached(tools, { namespace, id })) return 'it is in a network'
    await hosts.release(id)
    return undefined
  })
}

/** Removes the hosts folder of a container that has none in DATA_STORE/containers. */
export async function removeHosts(
  tools: DoctorTools,
  { namespace, id }: Extract<Repair, { kind: 'remove-hosts' }>,
): Promise<RepairResult> {
  return holding(tools, { namespace, id }, async ({ containers, hosts }) => {
    if ((await containers.list()).includes(id)) return 'the container is there'
    if (await isContainerAttached(tools, { namespace, id })) return 'it is in a network'
    await hosts.remove(id)
    return undefined
  })
}

/** Gives back the name of a container that is not there. */
export async function releaseName(
  tools: DoctorTools,
  { namespace, name, id }: Extract<Repair, { kind: 'release-name' }>,
): Promise<RepairResult> {
  return holding(tools, { namespace, id }, async ({ containers }) => {
    if ((await containers.list()).includes(id)) return 'the container is there'
    await containers.releaseName(name, id)
    return undefined
  })
}

/** Takes the name of a running container for it. */
export async function claimName(
  tools: DoctorTools,
  { namespace, name, id }: Extract<Repair, { kind: 'claim-name' }>,
): Promise<RepairResult> {
  return holding(tools, { namespace, id }, async ({ containers }) => {
    const file = await containers.read(id, 'vethra.json')
    if (file === undefined || parseRecord(file).name !== name) return 'it has another name'
    await containers.claimName(name, id)
    return undefined
  })
}

/** Makes a running container known to its peers, by what was decided for it and by what its attachments returned. */
export async function restoreNames(
  tools: DoctorTools,
  { namespace, id }: Extract<Repair, { kind: 'restore-names' }>,
): Promise<RepairResult> {
  return holding(tools, { namespace, id }, async ({ containers, hosts }) => {
    const file = await containers.read(id, 'vethra.json')
    if (file === undefined) return 'it no longer exists'
    const results = await resultsOf(tools, { namespace, id })
    if (results.size === 0) return 'it is in no network any more'
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
    return undefined
  })
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
