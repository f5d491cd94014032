import { readAddress } from '@vethra/ipam'
import { CniError } from '@vethra/spec'
import {
  type Claim,
  type HeldMapping,
  type ListeningSocket,
  mappingClaim,
  socketClaim,
  standsInTheWay,
} from './claims.ts'
import { joinHostPort, type PortMapping, type Protocol } from './port-mapping.ts'
import { length, type PortRequest, type PortSpan } from './port-spec.ts'

/** What the host says of its ports. */
export interface PortFacts {
  readonly listening: readonly ListeningSocket[]
  /** What other containers publish, running or not. */
  readonly mapped: readonly HeldMapping[]
  /** Where ports are chosen from: the kernel's `net.ipv4.ip_local_port_range`. */
  readonly ephemeral: PortSpan
  /** Any number: where in that range the search begins. */
  readonly seed: number
}

/**
 * The port mappings of requests, in their order, each ascending. Ports that are named come first, then
 * pools, then any free ones, so that chance never takes what another request names. Without a host
 * address a port is published on 0.0.0.0. Any free port is one that no socket and no mapping of its protocol
 * holds on whichever address. Throws CniError 102 with nerdctl's text, and who holds the port in `details`.
 */
export function assignPorts(
  requests: readonly PortRequest[],
  facts: PortFacts,
): readonly PortMapping[] {
  const claims = claimTable([
    ...facts.listening.map(socketClaim),
    ...facts.mapped.map(mappingClaim),
  ])
  const assigned = new Map<PortRequest, readonly PortMapping[]>()
  for (const request of [...requests].sort((a, b) => rank(a) - rank(b))) {
    const mappings = assign(request, claims, facts)
    assigned.set(request, mappings)
    for (const each of mappings) {
      claims.add(mappingClaim({ ...each, by: `-p ${request.text} of this command` }))
    }
  }
  return requests.flatMap((request) => assigned.get(request) ?? [])
}

interface ClaimTable {
  of(protocol: Protocol, port: number): readonly Claim[]
  add(claim: Claim): void
}

function claimTable(claims: readonly Claim[]): ClaimTable {
  const table = new Map<string, readonly Claim[]>()
  const key = (protocol: Protocol, port: number): string => `${port}/${protocol}`
  const of: ClaimTable['of'] = (protocol, port) => table.get(key(protocol, port)) ?? []
  const add: ClaimTable['add'] = (claim) => {
    table.set(key(claim.protocol, claim.port), [...of(claim.protocol, claim.port), claim])
  }
  for (const claim of claims) add(claim)
  return { of, add }
}

function rank({ host, container }: PortRequest): 0 | 1 | 2 {
  if (!host) return 2
  return length(host) === length(container) ? 0 : 1
}

function assign(
  request: PortRequest,
  claims: ClaimTable,
  facts: PortFacts,
): readonly PortMapping[] {
  const { host } = request
  if (!host) return mappingsFrom(request, freeBlock(request, claims, facts))
  if (rank(request) === 1) return mappingsFrom(request, firstOfPool(request, host, claims))
  for (const { hostPort } of mappingsFrom(request, host.first)) {
    const holder = holderOf(request, hostPort, claims)
    if (holder)
      throw taken(`${joinHostPort(hostIPOf(request), hostPort)} failed: port is`, [holder])
  }
  return mappingsFrom(request, host.first)
}

function firstOfPool(request: PortRequest, host: PortSpan, claims: ClaimTable): number {
  const holders = new Set<string>()
  for (let port = host.first; port <= host.last; port += 1) {
    const holder = holderOf(request, port, claims)
    if (!holder) return port
    holders.add(holder)
  }
  const range = `${host.first}-${host.last}`
  throw taken(`${hostIPOf(request)} failed: all ports in range ${range} are`, [...holders])
}

function freeBlock(
  { protocol, container }: PortRequest,
  claims: ClaimTable,
  { ephemeral, seed }: PortFacts,
): number {
  const count = length(container)
  const starts = length(ephemeral) - count + 1
  if (starts < 1) throw scarce(`can not allocate ${count} ports`, ephemeral)
  const begin = Number.isFinite(seed) ? Math.abs(Math.trunc(seed)) % starts : 0
  for (let tried = 0; tried < starts; tried += 1) {
    const start = ephemeral.first + ((begin + tried) % starts)
    const ports = Array.from({ length: count }, (_, index) => start + index)
    if (ports.every((port) => claims.of(protocol, port).length === 0)) return start
  }
  throw scarce(`there is not enough ${count} free ports`, ephemeral)
}

function mappingsFrom(request: PortRequest, hostFirst: number): readonly PortMapping[] {
  const { container, protocol } = request
  return Array.from({ length: length(container) }, (_, index) => ({
    hostPort: hostFirst + index,
    containerPort: container.first + index,
    protocol,
    hostIP: hostIPOf(request),
  }))
}

function holderOf(request: PortRequest, port: number, claims: ClaimTable): string | undefined {
  const address = readAddress(hostIPOf(request))
  return claims
    .of(request.protocol, port)
    .find((claim) => address === undefined || standsInTheWay(claim, address))?.by
}

function hostIPOf(request: PortRequest): string {
  return request.hostIP ?? '0.0.0.0'
}

function taken(what: string, holders: readonly string[]): CniError {
  const more = holders.length > 3 ? [`${holders.length - 3} more`] : []
  return new CniError({
    code: 102,
    message: `bind for ${what} already allocated`,
    details: `held by ${[...holders.slice(0, 3), ...more].join(', ')}`,
    hint: 'Publish another port, or let go of this one.',
  })
}

function scarce(message: string, { first, last }: PortSpan): CniError {
  const hint = `Name the host ports, or widen net.ipv4.ip_local_port_range: it is ${first} to ${last}.`
  return new CniError({ code: 102, message, hint })
}
