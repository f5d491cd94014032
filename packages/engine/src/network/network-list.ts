import type { CniError } from '@vethra/cni'
import {
  filterNetworks,
  type Network,
  type NetworkOrigin,
  networkOrigin,
  networksFromFiles,
  visibleLabels,
} from '@vethra/networks'
import type { ConfDir } from '@vethra/world'

/** A network as `network ls` shows it. */
export interface NetworkRow {
  /** Empty for an unmanaged network. */
  readonly ID: string
  readonly Name: string
  readonly Driver: string
  readonly Labels: Readonly<Record<string, string>>
  readonly File: string
  /** Whether nerdctl or Vethra made it: only then it can be removed here. */
  readonly Managed: boolean
  readonly Origin: NetworkOrigin
}

/** The networks that filters let through, by path of their files, and what is wrong with other files. */
export async function listNetworks(
  tools: { readonly networks: Pick<ConfDir, 'list'> },
  filters: readonly string[] = [],
): Promise<{ readonly rows: readonly NetworkRow[]; readonly faults: readonly CniError[] }> {
  const { networks, faults } = networksFromFiles(await tools.networks.list())
  return { rows: filterNetworks(networks, filters).map(asRow), faults }
}

function asRow(network: Network): NetworkRow {
  const { id, name, file, managed, list } = network
  return {
    ID: id ?? '',
    Name: name,
    Driver: list.plugins[0]?.type ?? '',
    Labels: visibleLabels(network),
    File: file,
    Managed: managed,
    Origin: networkOrigin(network),
  }
}
