import { type CniError, notFoundError, usageError } from '@vethra/cni'
import { type Network, networkParent } from '@vethra/networks'
import type { ManageTools } from './tools.ts'

/** Notes on a macvlan or ipvlan parent. Throws CniError 101 when it is missing, 103 for loopback or an MTU below the network's. */
export async function checkParent(
  { effects }: Pick<ManageTools, 'effects'>,
  network: Network,
): Promise<readonly string[]> {
  const parent = networkParent(network)
  if (parent === undefined) return []
  const device = parent.device || (await effects.defaultRoute())?.device
  if (device === undefined)
    return ['the host has no default route now: containers cannot start without one, or a parent']
  const link = await effects.findLink(device)
  if (link === undefined)
    throw notFoundError(
      `parent ${JSON.stringify(device)} is not an interface of this host`,
      'List the interfaces with "ip link", and give one of them as -o parent=DEVICE.',
    )
  if (link.loopback) throw wrong(`parent ${device} is a loopback interface`)
  // An ipvlan may have more (ipvlan_link_new in the kernel); the macvlan plugin refuses it.
  if (network.list.plugins[0]?.type === 'macvlan' && parent.mtu > link.mtu)
    throw wrong(`mtu ${parent.mtu} is more than that of parent ${device}: ${link.mtu}`)
  return []
}

function wrong(message: string): CniError {
  return usageError(message, 'Give another interface with -o parent=DEVICE, or another mtu.')
}
