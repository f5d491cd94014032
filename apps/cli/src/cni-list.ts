import { CniError, type ConfList, checkNetworkName } from '@vethra/cni'
import { selectConfList, withDropIns } from '@vethra/conflist'
import type { HostSide } from './host-side.ts'

/** The conf list of a network with its drop-in plugins. Throws CniError 101 when there is none, 7 when it can't be used. */
export async function loadList(tools: HostSide, network: string): Promise<ConfList> {
  const files = await tools.networks.list()
  const { file, list } = selectConfList(files, network, tools.settings.cniNetconfpath)
  checkNetworkName(list.name)
  if (list.loadOnlyInlinedPlugins) return list
  return withDropIns(list, await tools.networks.dropIns(file, list.name))
}

/** The same, or undefined when the network is not there or can't be used: what was cached at ADD serves then. */
export async function loadListIfUsable(
  tools: HostSide,
  network: string,
): Promise<ConfList | undefined> {
  try {
    return await loadList(tools, network)
  } catch (error) {
    if (error instanceof CniError) return undefined
    throw error
  }
}
