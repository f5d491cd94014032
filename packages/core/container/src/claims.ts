import { type Address, readAddress } from '@vethra/address'
import { joinHostPort, type PortMapping, type Protocol } from './port-mapping.ts'

/** A socket of the host that holds a port. */
export interface ListeningSocket {
  readonly protocol: Protocol
  /** Empty when not known: it then counts for every address. */
  readonly address: string
  readonly port: number
  /** Whose it is, for people; absent when not known. */
  readonly by?: string
}

/** A port mapping that another container has. */
export interface HeldMapping extends PortMapping {
  /** Whose it is, for people: `container web`; absent when not known. */
  readonly by?: string
}

/** Something that holds a port of the host. */
export interface Claim {
  readonly protocol: Protocol
  readonly port: number
  /** `any`: every address of both families. */
  readonly address: Address | 'any'
  /** For people. */
  readonly by: string
}

/** A socket's claim. One on `::` takes IPv4 connections too, unless IPV6_V6ONLY is set, which is not visible. */
export function socketClaim({ protocol, address, port, by }: ListeningSocket): Claim {
  const read = readAddress(address.split('%', 1)[0] ?? '')
  const dual = read?.family === 6 && read.value === 0n
  const holder = by ?? `a socket that listens on ${joinHostPort(address, port)}`
  return { protocol, port, address: dual ? 'any' : (read ?? 'any'), by: holder }
}

/** A mapping's claim. One on `::` is for IPv6 alone. */
export function mappingClaim(mapping: HeldMapping): Claim {
  const { hostIP, hostPort, containerPort, protocol } = mapping
  const published = `a container that publishes its port ${containerPort}`
  const by = mapping.by ?? `${published} on ${joinHostPort(hostIP, hostPort)}`
  return { protocol, port: hostPort, address: readAddress(hostIP) ?? 'any', by }
}

/** Whether a claim conflicts with an address: the same one, or one of the two being every address of the family. */
export function standsInTheWay(claim: Claim, address: Address): boolean {
  if (claim.address === 'any') return true
  if (claim.address.family !== address.family) return false
  const { value } = claim.address
  return value === 0n || address.value === 0n || value === address.value
}
