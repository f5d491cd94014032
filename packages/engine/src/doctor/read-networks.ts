import type { CniError } from '@vethra/cni'
import type { ObservedFault, ShadowedConf } from '@vethra/findings'
import { type Network, networksFromFiles } from '@vethra/networks'
import type { DoctorTools } from './doctor-tools.ts'

/** The networks of all namespaces, and the conf lists that cannot be used or are never used. */
export async function readNetworks(
  tools: DoctorTools,
  namespaces: readonly string[],
): Promise<{
  readonly networks: readonly Network[]
  readonly confFaults: readonly ObservedFault[]
  readonly shadowed: readonly ShadowedConf[]
}> {
  const lists = await Promise.all(namespaces.map((each) => tools.networks(each).list()))
  const files = [...new Map(lists.flat().map((each) => [each.file, each])).values()]
  const confFaults = files.flatMap((each) =>
    networksFromFiles([each]).faults.map((fault) => faultOf(each.file, fault)),
  )
  const uses = lists.flatMap((each) => usesOf(networksFromFiles(each).networks))
  const used = new Set(uses.map(({ by }) => by))
  // The file of one namespace may hide one that others use.
  const shadowed = new Map(uses.flatMap((each) => (used.has(each.file) ? [] : [[each.file, each]])))
  const { networks } = networksFromFiles(files)
  return {
    networks: networks.filter(({ file }) => used.has(file)),
    confFaults,
    shadowed: [...shadowed.values()],
  }
}

// An attachment uses the first of a name: see `findNetwork`.
function usesOf(networks: readonly Network[]): readonly ShadowedConf[] {
  const first = new Map(networks.toReversed().map(({ name, file }) => [name, file]))
  return networks.map(({ name, file }) => ({ network: name, file, by: first.get(name) ?? file }))
}

function faultOf(file: string, error: CniError): ObservedFault {
  const { details, hint } = error
  const causes = causesOf(error).map(({ message }) => message)
  const reason = [...causes, ...(details === undefined ? [] : [details])].join(': ')
  return { file, reason, ...(hint === undefined ? {} : { hint }) }
}

function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : []
}
