import {
  addAddress,
  addressBits,
  formatAddress,
  formatPrefix,
  lastAddress,
  type Prefix,
  readCidr,
} from '@vethra/address'
import { present, type Result, type ResultIp } from '@vethra/cni'
import type { InterfaceAddress, Place, Route } from '@vethra/state'
import { linkLocalOf } from './names.ts'
import type { PluginRequest } from './plugin.ts'
import { objectOf, textOf } from './read-conf.ts'

/** One address of a result, taken apart. */
export interface Ip {
  /** Without prefix length. */
  readonly address: string
  readonly prefixLength: number
  readonly family: 4 | 6
  /** `10.4.0.0/24`. */
  readonly subnet: string
  readonly gateway?: string
  readonly broadcast?: string
}

/** Takes a result's address apart; undefined for a text that is none. */
export function ipOf({ address, gateway }: ResultIp): Ip | undefined {
  const prefix = readCidr(address)?.prefix
  if (prefix === undefined) return undefined
  const isShared = prefix.family === 4 && prefix.length < 31
  return {
    address: address.slice(0, address.indexOf('/')),
    prefixLength: prefix.length,
    family: prefix.family,
    subnet: formatPrefix(prefix),
    ...present({ gateway, broadcast: isShared ? formatAddress(lastAddress(prefix)) : undefined }),
  }
}

/** The prefix of an address alone: `10.4.0.2/32`. */
export function hostPrefix({ address, family }: Ip): string {
  return `${address}/${addressBits(family)}`
}

/** An address with the gateway of its subnet, where IPAM named none: the subnet's first address. */
export function withGateway(ip: ResultIp): ResultIp {
  const prefix = readCidr(ip.address)?.prefix
  return ip.gateway === undefined && prefix ? { ...ip, gateway: firstOf(prefix) } : ip
}

function firstOf({ family, base }: Prefix): string {
  const address = { family, value: base }
  return formatAddress(addAddress(address, 1n) ?? address)
}

/** An address on an interface. */
export function addressOn(place: Place, link: string, ip: Ip): InterfaceAddress {
  const { address, prefixLength, broadcast } = ip
  return { kind: 'address', place, link, address, prefixLength, ...present({ broadcast }) }
}

/** The link-local address of a host's interface as the kernel makes it: by itself that takes a second or two. */
export function linkLocalOn(link: string, mac: string): InterfaceAddress {
  return { kind: 'address', place: 'host', link, address: linkLocalOf(mac), prefixLength: 64 }
}

/** Whether an interface has a link-local address: with IPv6, without IPAM, or for another runtime. Elsewhere its solicitations would flood all peers. */
export function usesLinkLocal({ conf, ipam, called }: PluginRequest, ips: readonly Ip[]): boolean {
  const isLayer2 = ipam === undefined && textOf(objectOf(conf, 'ipam') ?? {}, 'type') === undefined
  return called === true || ips.some(({ family }) => family === 6) || (isLayer2 && ips.length === 0)
}

/** The first address of a result whose subnet none of the routes leads to, as the kernel's own does; undefined for none. */
export function withoutRoute({ ips }: Result, routes: readonly Route[]): ResultIp | undefined {
  return ips.find((each) => {
    const ip = ipOf(each)
    return (
      ip !== undefined &&
      ip.prefixLength < addressBits(ip.family) &&
      !routes.some(({ destination }) => destination === ip.subnet)
    )
  })
}
