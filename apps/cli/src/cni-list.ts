import { type ConfList, checkNetworkName, onCniError } from '@vethra/cni'
import { selectConfList } from '@vethra/conflist'
import { wholeList } from '@vethra/engine'
import type { World } from '@vethra/world'

/** The conf list of a network with its drop-in plugins. Throws CniError 101 when there is none, 7 when it can't be used. */
export async function loadList(world: World, network: string): Promise<ConfList> {
  const { namespace, cniNetconfpath } = world.resolved.settings
  const networks = world.networks(namespace)
  const found = selectConfList(await networks.list(), network, cniNetconfpath)
  checkNetworkName(found.list.name)
  return wholeList(networks, found)
}

/** As `loadList`, undefined where that throws CniError: DEL and CHECK go by what was cached at ADD. */
export async function loadListIfUsable(
  world: World,
  network: string,
): Promise<ConfList | undefined> {
  return loadList(world, network).catch(onCniError(() => undefined))
}
