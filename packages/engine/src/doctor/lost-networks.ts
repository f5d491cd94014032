import { areOverlapping } from '@vethra/address'
import { onCniError, orElse } from '@vethra/cni'
import { parseRecord } from '@vethra/container'
import type { LostNetwork } from '@vethra/findings'
import { findNetwork, type Network, networkSubnets, networksFromFiles } from '@vethra/networks'
import type { DoctorTools } from './doctor-tools.ts'

/**
 * The networks of ours and of nerdctl's that no conf list defines, a copy of which was kept, and that containers of DATA_STORE
 * want: another program removed them. Records are read only where such a copy is.
 */
export async function lostNetworks(
  tools: DoctorTools,
  namespaces: readonly string[],
  networks: readonly Network[],
): Promise<readonly LostNetwork[]> {
  const each = namespaces.map(async (namespace) => lostIn(tools, namespace, networks))
  const byFile = Map.groupBy((await Promise.all(each)).flat(), ({ network }) => network.file)
  return [...byFile].flatMap(([file, uses]) => {
    const [first] = uses
    if (first === undefined) return []
    const taken = networks.find((other) => haveSubnetInCommon(other, first.network))
    const wantedBy = [...new Set(uses.map(({ by }) => by))].toSorted()
    const inTheWay = taken === undefined ? {} : { inTheWay: taken.name }
    return [{ name: first.network.name, file, wantedBy, ...inTheWay }]
  })
}

/** The names of the networks of ours and of nerdctl's that copies are kept of: they had containers of DATA_STORE. */
export async function keptNames(
  tools: DoctorTools,
  namespaces: readonly string[],
): Promise<readonly string[]> {
  const each = namespaces.map(async (namespace) => keptIn(tools, namespace))
  return (await Promise.all(each)).flat().map(({ name }) => name)
}

async function keptIn({ networks }: DoctorTools, namespace: string): Promise<readonly Network[]> {
  const kept = await networks(namespace).kept()
  return networksFromFiles(kept).networks.filter(({ managed }) => managed)
}

// By the name of the container that wants it, or else its id.
async function lostIn(
  tools: DoctorTools,
  namespace: string,
  known: readonly Network[],
): Promise<readonly { readonly network: Network; readonly by: string }[]> {
  const containers = tools.containers(namespace)
  const kept = await keptIn(tools, namespace)
  const lost = kept.filter(({ name }) => !known.some((each) => each.name === name))
  if (lost.length === 0) return []
  const read = (await containers.list()).map(async (id) => {
    // A damaged record has a finding of its own, and wants nothing before it is prepared again.
    const json = await containers.read(id, 'vethra.json').catch(onCniError(() => undefined))
    const record = orElse(() => parseRecord(json), undefined)
    return (record?.networks ?? []).flatMap(({ ref }) => {
      const network = findNetwork(lost, ref)
      return network ? [{ network, by: record?.name || id }] : []
    })
  })
  return (await Promise.all(read)).flat()
}

function haveSubnetInCommon(one: Network, other: Network): boolean {
  const theirs = networkSubnets(other)
  return networkSubnets(one).some((each) =>
    theirs.some(({ subnet }) => areOverlapping(each.subnet, subnet)),
  )
}
