import { contains, readAddress, readCidr } from '@vethra/address'
import { networkSubnets } from './anatomy.ts'
import type { Network } from './network.ts'

/** How addresses that a container wants are said to the plugins of a network. */
interface WantedAddresses {
  /** For the CNI arg `IP`. */
  readonly ip?: string
  /** For the capability `ips`; empty for none. */
  readonly ips: readonly string[]
}

/** A container's wanted addresses in the form of the IPAM plugin: host-local's IPv4 as CNI arg, static's by capability with prefix lengths. */
export function wantedAddresses(
  network: Network | undefined,
  { ip, ip6 }: { readonly ip?: string; readonly ip6?: string },
): WantedAddresses {
  if (network !== undefined && isStatic(network)) {
    const all = [ip, ip6].filter((each) => each !== undefined)
    return { ips: all.map((each) => withLength(network, each)) }
  }
  return { ...(ip === undefined ? {} : { ip }), ips: ip6 === undefined ? [] : [ip6] }
}

/** Whether containers have to bring their addresses. */
export function isStatic({ list }: Network): boolean {
  return list.plugins[0]?.ipamType === 'static'
}

function withLength(network: Network, text: string): string {
  const address = readAddress(text)
  const subnets = networkSubnets(network).flatMap(({ subnet }) => readCidr(subnet)?.prefix ?? [])
  const subnet = address && subnets.find((each) => contains(each, address))
  return subnet ? `${text}/${subnet.length}` : text
}
