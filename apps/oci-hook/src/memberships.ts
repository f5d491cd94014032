import { type CniArgs, containerIdOf } from '@vethra/cni'
import { capabilityMappings, type HookRequest } from '@vethra/container'
import { type Membership, publishThrough } from '@vethra/engine'
import { findNetwork, type Network, wantedAddresses } from '@vethra/networks'

/** A membership, and the conf file that holds its list; empty when the network is missing. */
export interface PlannedMembership extends Membership {
  readonly file: string
}

/**
 * The memberships of a container in its networks, in order: interfaces `eth0`, `eth1`, … A missing
 * network has no list.
 */
export function membershipsOf(
  request: HookRequest,
  networks: readonly Network[],
  netns: string,
): readonly PlannedMembership[] {
  return request.networks.map((asked, index) => {
    const found = findNetwork(networks, asked.ref)
    const wanted = wantedAddresses(found, asked)
    return {
      network: found?.name ?? asked.ref,
      list: found?.list,
      file: found?.file ?? '',
      container: { namespace: request.namespace, id: request.id },
      attachment: {
        containerId: containerIdOf(request),
        netns,
        ifname: ifnameAt(index),
        cniArgs: cniArgsOf(request, { ...asked, ip: wanted.ip }),
        capabilityArgs: wanted.ips.length > 0 ? { ips: wanted.ips } : {},
      },
    }
  })
}

/** The interface in the network at a position. */
export function ifnameAt(index: number): string {
  return `eth${index}`
}

// IgnoreUnknown, since every plugin of a chain sees the same pairs and knows only some of them.
function cniArgsOf(
  { hostname }: HookRequest,
  { ip, macAddress }: { readonly ip: string | undefined; readonly macAddress?: string },
): CniArgs {
  return [
    ['IgnoreUnknown', '1'],
    ['NERDCTL_CNI_DHCP_HOSTNAME', hostname],
    ...(ip === undefined ? [] : [['IP', ip] as const]),
    ...(macAddress === undefined ? [] : [['MAC', macAddress] as const]),
  ]
}

/** The same with the ports in the one that publishes them: the first network that can, since two would answer for one port. */
export function publishing<M extends Membership>(
  memberships: readonly M[],
  { ports }: Pick<HookRequest, 'ports'>,
): readonly M[] {
  return publishThrough(memberships, capabilityMappings(ports))
}
