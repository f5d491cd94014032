import { type ConfDir, filterNetworks, type Network, networksFromFiles } from '@vethra/networks'
import type { CniError } from '@vethra/spec'

/** A network as `network ls` shows it. */
export interface NetworkRow {
  /** Empty for a network that nobody manages. */
  readonly ID: string
  readonly Name: string
  readonly Driver: string
  readonly Labels: Readonly<Record<string, string>>
  readonly File: string
  readonly Managed: boolean
}

/** The networks that filters let through, by path of their files, and what is wrong with other files. */
export async function listNetworks(
  tools: { readonly networks: Pick<ConfDir, 'list'> },
  filters: readonly string[] = [],
): Promise<{ readonly rows: readonly NetworkRow[]; readonly faults: readonly CniError[] }> {
  const { networks, faults } = networksFromFiles(await tools.networks.list())
  return { rows: filterNetworks(networks, filters).map(asRow), faults }
}

function asRow({ id, name, labels, file, managed, list }: Network): NetworkRow {
  return {
    ID: id ?? '',
    Name: name,
    Driver: list.plugins[0]?.type ?? '',
    Labels: labels,
    File: file,
    Managed: managed,
  }
}
