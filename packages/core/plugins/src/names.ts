import { sha512 } from '@noble/hashes/sha2.js'
import { formatAddress, readAddress } from '@vethra/address'
import type { PluginRequest } from './plugin.ts'

/** The name of the host's end of a veth: `veth` and 11 hex digits of a hash of the attachment. */
export function hostEndName(network: string, containerId: string, ifname: string): string {
  return `veth${hex(digest(network, containerId, ifname).subarray(0, 6)).slice(0, 11)}`
}

/** The name of the interface that limits what comes from a container, as the plugin `bandwidth` makes it: `bwp` and 12 hex digits. */
export function limitName(network: string, containerId: string): string {
  return `bwp${hex(digest(`${network}${containerId}`).subarray(0, 6))}`
}

/** A locally administered MAC that a text always gets. */
export function macFor(...parts: readonly string[]): string {
  return macOf([0x02, ...digest(...parts).subarray(0, 5)])
}

// It follows the address, so that a neighbour's entry for an address that another container had is never stale.
// IPv4: `02`, one octet of the network, the address.
function macForAddress(network: string, address: string): string {
  const read = readAddress(address)
  const [octet = 0] = digest(network)
  if (read?.family !== 4) return macFor(network, address)
  const value = Number(read.value)
  return macOf([0x02, octet, value >>> 24, value >>> 16, value >>> 8, value])
}

/** The MAC of a container's interface: of its address, or, where that comes from a program and later, of the attachment. */
export function interfaceMac(
  { network, attachment, ipam }: PluginRequest,
  first: { readonly address: string } | undefined,
): string {
  return first && !ipam
    ? macForAddress(network, first.address)
    : macFor(network, attachment.containerId, attachment.ifname)
}

/** The link-local IPv6 address that a MAC makes (RFC 4291, appendix A): `fe80::` and its modified EUI-64. */
export function linkLocalOf(mac: string): string {
  const octets = mac.split(':').map((octet) => Number.parseInt(octet, 16))
  const [first = 0, ...rest] = octets
  const eui64 = [first ^ 0x02, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)]
  const value = eui64.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0xfe80n << 48n)
  return formatAddress({ family: 6, value })
}

function macOf(octets: readonly number[]): string {
  return hex(new Uint8Array(octets), ':')
}

// No separator can be in a network's name, an id or an interface's name but as one.
function digest(...parts: readonly string[]): Uint8Array {
  return sha512(new Uint8Array([...parts.join(' ')].map((character) => character.charCodeAt(0))))
}

function hex(octets: Uint8Array, separator = ''): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(separator)
}
