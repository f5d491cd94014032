import type { Family } from '@vethra/address'
import { type CniError, inUseError } from '@vethra/cni'
import { type ClaimTable, claimTable } from './claim-table.ts'
import { type HeldMapping, type ListeningSocket, mappingClaim, socketClaim } from './claims.ts'
import { joinHostPort, type PortMapping } from './port-mapping.ts'
import { length, type PortRequest, type PortSpan } from './port-spec.ts'

/** The ports in use on the host. */
export interface PortFacts {
  readonly listening: readonly ListeningSocket[]
  /** The ports that others publish: containers, and rules of the firewall. They are named before sockets, which may be theirs. */
  readonly mapped: readonly HeldMapping[]
  /** Ports that stopped containers will publish: avoided where a port is not named. Default: none. */
  readonly promised?: readonly HeldMapping[]
  /** The families of the network that leads to the container: a port without an address is published on all addresses of each. Default: IPv4. */
  readonly families?: readonly Family[]
  /** Where ports are chosen from: the kernel's `net.ipv4.ip_local_port_range`. */
  readonly ephemeral: PortSpan
  /** Any number: where in that range the search begins. */
  readonly seed: number
}

/**
 * The port mappings of requests, in their order, each ascending. Ports that are named come first, then
 * pools, then any free ones, so that chance never takes what another request names. Without a host
 * address a port is published on 0.0.0.0, on :: or on both, as the network has it. Any free port is one
 * that no socket and no mapping of its protocol holds on whichever address. Throws CniError 102 with nerdctl's text, and who holds the port in `details`.
 */
export function assignPorts(
  requests: readonly PortRequest[],
  facts: PortFacts,
): readonly PortMapping[] {
  const claims = claimTable([
    ...facts.mapped.map(mappingClaim),
    ...facts.listening.map(socketClaim),
  ])
  const taken = { claims, promised: claimTable((facts.promised ?? []).map(mappingClaim)) }
  const everyAddress = (facts.families ?? [4]).map((family) => (family === 4 ? '0.0.0.0' : '::'))
  const assigned = new Map<PortRequest, readonly PortMapping[]>()
  for (const request of [...requests].sort((a, b) => rank(a) - rank(b))) {
    const { hostIP } = request
    const wanted = { ...request, addresses: hostIP === undefined ? everyAddress : [hostIP] }
    const mappings = mappingsFrom(wanted, firstPort(wanted, taken, facts))
    assigned.set(request, mappings)
    for (const each of mappings)
      claims.add(mappingClaim({ ...each, by: `-p ${request.text} of this command` }))
  }
  return requests.flatMap((request) => assigned.get(request) ?? [])
}

function rank({ host, container }: PortRequest): 0 | 1 | 2 {
  if (!host) return 2
  return length(host) === length(container) ? 0 : 1
}

/** A request, and the addresses of the host that it is for. */
interface Wanted extends PortRequest {
  readonly addresses: readonly string[]
}

/** The ports that are taken, and those that a named port alone may take. */
interface Taken {
  readonly claims: ClaimTable
  readonly promised: ClaimTable
}

function firstPort(wanted: Wanted, taken: Taken, facts: PortFacts): number {
  const { host } = wanted
  if (!host) return freeBlock(wanted, taken, facts)
  if (rank(wanted) === 1) return firstOfPool(wanted, host, taken)
  for (const { hostIP, hostPort } of mappingsFrom(wanted, host.first)) {
    const holder = taken.claims.holder(wanted.protocol, hostIP, hostPort)
    if (holder) throw allocated(`${joinHostPort(hostIP, hostPort)} failed: port is`, [holder])
  }
  return host.first
}

function firstOfPool(
  { addresses, protocol }: Wanted,
  host: PortSpan,
  { claims, promised }: Taken,
): number {
  const holders = new Set<string>()
  const free: number[] = []
  for (let port = host.first; port <= host.last; port += 1) {
    const found = addresses.flatMap((each) => claims.holder(protocol, each, port) ?? [])
    for (const holder of found) holders.add(holder)
    if (found.length === 0) free.push(port)
  }
  const first = free.find((port) => promised.isFree(protocol, port)) ?? free[0]
  if (first !== undefined) return first
  const range = `${host.first}-${host.last}`
  throw allocated(`${addresses[0]} failed: all ports in range ${range} are`, [...holders])
}

function freeBlock(
  { protocol, container }: Wanted,
  { claims, promised }: Taken,
  { ephemeral, seed }: PortFacts,
): number {
  const count = length(container)
  const starts = length(ephemeral) - count + 1
  if (starts < 1) throw scarce(`can not allocate ${count} ports`, ephemeral)
  const begin = Number.isFinite(seed) ? Math.abs(Math.trunc(seed)) % starts : 0
  const find = (tables: readonly ClaimTable[]): number | undefined => {
    for (let tried = 0; tried < starts; tried += 1) {
      const start = ephemeral.first + ((begin + tried) % starts)
      const ports = Array.from({ length: count }, (_, index) => start + index)
      if (ports.every((port) => tables.every((each) => each.isFree(protocol, port)))) return start
    }
    return undefined
  }
  const start = find([claims, promised]) ?? find([claims])
  if (start !== undefined) return start
  throw scarce(`there is not enough ${count} free ports`, ephemeral)
}

function mappingsFrom(
  { container, protocol, addresses }: Wanted,
  hostFirst: number,
): readonly PortMapping[] {
  return Array.from({ length: length(container) }, (_, index) => index).flatMap((index) =>
    addresses.map((hostIP) => ({
      hostPort: hostFirst + index,
      containerPort: container.first + index,
      protocol,
      hostIP,
    })),
  )
}

function allocated(what: string, holders: readonly string[]): CniError {
  const more = holders.length > 3 ? [`${holders.length - 3} more`] : []
  return inUseError(`bind for ${what} already allocated`, {
    details: `held by ${[...holders.slice(0, 3), ...more].join(', ')}`,
    hint: 'Publish another port, or free this one.',
  })
}

function scarce(message: string, { first, last }: PortSpan): CniError {
  const hint = `Name the host ports, or widen net.ipv4.ip_local_port_range: it is ${first} to ${last}.`
  return inUseError(message, hint)
}
