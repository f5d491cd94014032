import { addressKey, addressOctets } from './address-octets.ts'
import { bareName, canBeName } from './name-octets.ts'
import type { Member, Zone } from './zone.ts'
import type { ZoneContainer } from './zone-input.ts'

/** Members by a key. */
type Members<Key> = Map<Key, readonly Member[]>

/** Puts a container into a zone that has none with its id. */
export function addContainer(zone: Zone, container: ZoneContainer): void {
  zone.containers.set(container.id, container)
  for (const [name, { addresses }] of Object.entries(container.networks)) {
    const network = zone.networks.get(name)
    if (network === undefined) continue
    const member = { container, network: name }
    // One list for all of its names: most are of one container.
    const alone = [member]
    const add = (members: Members<string>, key: string) => {
      const others = members.get(key)
      members.set(key, others ? [...others, member] : alone)
    }
    for (const key of keysOf(addresses)) {
      const others = zone.members.get(key)
      zone.members.set(key, others ? claimants(others, member) : alone)
    }
    const { chosen, hostname } = namesIn(container, name)
    for (const each of chosen) add(network.holders, each)
    if (hostname !== undefined) add(network.hostnames, hostname)
  }
}

/** Takes a container out of a zone; nothing when it is not there. */
export function removeContainer(zone: Zone, id: string): void {
  const container = zone.containers.get(id)
  if (container === undefined) return
  zone.containers.delete(id)
  const remove = <Key>(members: Members<Key>, key: Key) => {
    const left = members.get(key)?.filter((each) => each.container.id !== id) ?? []
    if (left.length > 0) members.set(key, left)
    else members.delete(key)
  }
  for (const [name, { addresses }] of Object.entries(container.networks)) {
    for (const key of keysOf(addresses)) remove(zone.members, key)
    const network = zone.networks.get(name)
    const { chosen, hostname } = namesIn(container, name)
    for (const each of chosen) if (network) remove(network.holders, each)
    if (hostname !== undefined && network) remove(network.hostnames, hostname)
  }
}

function keysOf(addresses: readonly string[]): readonly (string | number)[] {
  return addresses.flatMap((each) => addressOctets(each) ?? []).map(addressKey)
}

/** The names that a container has in a network, each once; its hostname where it is none of them. */
function namesIn(
  { id, name, hostname, networks }: ZoneContainer,
  network: string,
): { readonly chosen: readonly string[]; readonly hostname: string | undefined } {
  const aliases = networks[network]?.aliases ?? []
  const last = bareName(hostname)
  const short = id.slice(0, 12)
  // Most have these 12 as their hostname: one text for both.
  const names = [name, id, short === last ? last : short, ...aliases]
  const chosen = [...new Set(names.map(bareName))].filter(canBeName)
  const isOther = !chosen.includes(last) && canBeName(last)
  return { chosen, hostname: isOther ? last : undefined }
}

// Those who have an address before others come first.
function claimants(others: readonly Member[], member: Member): readonly Member[] {
  const behind = others.findIndex((each) => comesBefore(member.container, each.container))
  return others.toSpliced(behind < 0 ? others.length : behind, 0, member)
}

function comesBefore(one: ZoneContainer, other: ZoneContainer): boolean {
  const [ours, theirs] = [one.precedence ?? 0, other.precedence ?? 0]
  return ours === theirs ? one.id < other.id : ours > theirs
}
