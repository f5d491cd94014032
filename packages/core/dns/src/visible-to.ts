import { contains, fromOctets, type Prefix } from '@vethra/address'
import { addressKey, addressOctets, isLoopback } from './address-octets.ts'
import { findHolders } from './find-holders.ts'
import { bareName } from './name-octets.ts'
import type { Member, NetworkNames, View, Zone } from './zone.ts'
import { memberOctets } from './zone.ts'

/** The sender of a question. */
export interface ZoneAsker {
  /** The source address of the question. */
  readonly askerAddress: string
  /** The network whose resolver was asked: an address that no container has then sees this one, where it lies in it. */
  readonly network?: string
}

/**
 * The view of an asker. A container sees the names of its own networks. Another address of a network's subnet, such
 * as the host's, sees the names of that network. A loopback address sees those of all networks, or of the one that was
 * asked. Undefined for any other address: it is refused. The resolver of an internal network knows no address of others, and
 * asks upstream for none of its own: whoever is in it can send by each of them.
 */
export function visibleTo(zone: Zone, asker: ZoneAsker): View | undefined {
  const known = zone.views.get(asker.network ?? '')?.get(asker.askerAddress)
  if (known) return known
  const address = addressOctets(asker.askerAddress)
  if (!address) return undefined
  const members = zone.members.get(addressKey(address)) ?? []
  const isClosed = zone.networks.get(asker.network ?? '')?.isInternal === true
  const own = members.find(({ network }) => network === asker.network)
  const member = own ?? (isClosed ? undefined : members[0])
  if (!member) return viewOfAddress(zone, asker, address)
  const view = viewOfMember(zone, member, isClosed)
  keepView(zone, asker, view)
  return view
}

function viewOfMember(zone: Zone, member: Member, isClosed: boolean): View {
  const others = Object.keys(member.container.networks).filter((name) => name !== member.network)
  const names = [member.network, ...others.toSorted()]
  const networks = names.map((name) => zone.networks.get(name)).filter((each) => each !== undefined)
  const mayAskUpstream = !isClosed && networks.some(({ isInternal }) => !isInternal)
  const shared = { networks, mayAskUpstream }
  const { id } = member.container
  const own = ownNames(member, networks)
  const whose = own.size > 0 ? `own ${id}` : 'member'
  const key = [whose, ...networks.map(({ name }) => name)].join('\n')
  const { number } = sharedView(zone, key, shared)
  return { ...shared, number, own, containerId: id }
}

// Views with the same networks have the same answers, unless an asker has names of its own.
function sharedView(zone: Zone, key: string, view: Omit<View, 'number' | 'own'>): View {
  const known = zone.sharedViews.get(key)
  if (known) return known
  const made = { ...view, number: zone.sharedViews.size + 1, own: new Map() }
  zone.sharedViews.set(key, made)
  return made
}

// Maps within maps: a key that is put together for each question costs more than the rest of the look.
function keepView(zone: Zone, { askerAddress, network = '' }: ZoneAsker, view: View): void {
  const views = zone.views.get(network) ?? new Map<string, View>()
  if (views.size < mostViews) views.set(askerAddress, view)
  zone.views.set(network, views)
}

const mostViews = 65_536

function viewOfAddress(zone: Zone, asker: ZoneAsker, octets: Uint8Array): View | undefined {
  const isHost = isLoopback(octets)
  const address = fromOctets(octets)
  const networks = networksOf(zone, asker.network).filter(
    ({ prefixes }) => isHost || prefixes.some((each) => contains(each, address)),
  )
  // A link-local address is on the link of the socket, whichever subnets there are.
  const onLink = contains(linkLocal, address) ? networksOf(zone, asker.network ?? '') : []
  const seen = isHost ? networks : [...networks, ...onLink].slice(0, 1)
  if (seen.length === 0 && !isHost) return undefined
  const mayAskUpstream = isHost || seen.some(({ isInternal }) => !isInternal)
  const key = [`address ${mayAskUpstream}`, ...seen.map(({ name }) => name)].join('\n')
  return sharedView(zone, key, { networks: seen, mayAskUpstream })
}

const linkLocal: Prefix = { family: 6, base: 0xfe80n << 112n, length: 10 }

function networksOf(zone: Zone, name: string | undefined): readonly NetworkNames[] {
  if (name === undefined) return [...zone.networks.values()]
  const network = zone.networks.get(name)
  return network ? [network] : []
}

function ownNames(member: Member, networks: readonly NetworkNames[]): View['own'] {
  const own = new Map<string, Uint8Array[]>()
  for (const [name, address] of member.container.extraHosts) {
    const octets = addressOctets(address)
    if (octets) own.set(bareName(name), [...(own.get(bareName(name)) ?? []), octets])
  }
  // A hostname that several bear is, for each of them, its own.
  const hostname = bareName(member.container.hostname)
  const holders = own.has(hostname) ? [] : findHolders(networks, hostname)
  const isOwn = (id: string) => id === member.container.id
  const mine = holders.filter((each) => each.isHostname && isOwn(each.member.container.id))
  if (mine.length > 0 && mine.length < holders.length) {
    own.set(
      hostname,
      mine.flatMap(({ member }) => memberOctets(member)),
    )
  }
  return own
}
