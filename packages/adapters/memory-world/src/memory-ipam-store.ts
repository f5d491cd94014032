import { type Address, compareAddresses, formatAddress, readAddress } from '@vethra/address'
import { checkNetworkName, inUseError, invalidFileError } from '@vethra/cni'
import type { Claim, ClaimOutcome, Holder, Reservation } from '@vethra/ipam'
import type { IpamStore } from '@vethra/world'

/** The facts that the store can't know by itself. */
export interface MemoryIpamStoreOptions {
  /** Milliseconds since 1970-01-01 UTC: what `sinceMs` of a reservation is taken from. Default: always 0. */
  readonly now?: () => number
}

interface Network {
  /** By the text of the address. */
  readonly reserved: Map<string, Reservation>
  /** The address reserved last, by set. */
  readonly last: Map<number, Address>
}

/** Reservations in this process alone, gone with it. */
export function memoryIpamStore(options: MemoryIpamStoreOptions = {}): IpamStore {
  const { now = () => 0 } = options
  const networks = new Map<string, Network>()
  const find = (name: string) => {
    checkNetworkName(name)
    return networks.get(name)
  }
  const list = (name: string) => [...(find(name)?.reserved.values() ?? [])].sort(byAddress)
  const held = (name: string, holder: Holder) => heldIn(list(name), holder)
  return {
    networks: async () => [...networks.keys()].sort(),
    list: async (name) => list(name),
    taken: async (name) => list(name).map(addressOf),
    held: async (name, holder) => held(name, holder),

    async reserveFirst(name: string, claim: Claim): Promise<ClaimOutcome> {
      const network = find(name) ?? { reserved: new Map(), last: new Map() }
      networks.set(name, network)
      return reserve(network, claim, now())
    },

    async release(name: string, holder: Holder): Promise<readonly Address[]> {
      const given = held(name, holder)
      for (const address of given) find(name)?.reserved.delete(formatAddress(address))
      return given
    },

    async drop(name, reservations) {
      const reserved = find(name)?.reserved ?? new Map<string, Reservation>()
      return reservations.filter(({ address, containerId, ifname }) => {
        const current = reserved.get(address)
        return current && isHeldBy(current, containerId, ifname) && reserved.delete(address)
      })
    },

    async removeNetwork(name: string) {
      if (list(name).length > 0)
        throw inUseError(
          `cannot remove the reservations of network ${name}: addresses are reserved`,
          'Remove the containers that hold them first.',
        )
      networks.delete(name)
    },
  }
}

function reserve(network: Network, claim: Claim, sinceMs: number): ClaimOutcome {
  const outcome = firstFree(network, claim)
  if (outcome.kind !== 'reserved') return outcome
  const { containerId, ifname, set } = claim
  const address = formatAddress(outcome.address)
  network.reserved.set(address, { address, containerId, ifname, sinceMs })
  network.last.set(set, outcome.address)
  return outcome
}

function firstFree(network: Network, claim: Claim): ClaimOutcome {
  const { set, unlessHeldIn, candidates } = claim
  const own = unlessHeldIn ? inTheWay(network, claim).filter(unlessHeldIn) : []
  const [first] = own.sort((a, b) => (formatAddress(a) < formatAddress(b) ? -1 : 1))
  if (first) return { kind: 'held', address: first }
  for (const address of candidates(network.last.get(set))) {
    if (!network.reserved.has(formatAddress(address))) return { kind: 'reserved', address }
  }
  return { kind: 'none' }
}

function inTheWay({ reserved }: Network, { containerId, ifname }: Holder): Address[] {
  return [...reserved.values()]
    .filter((each) => isHeldBy(each, containerId, ifname) || isHeldBy(each, containerId, undefined))
    .map(addressOf)
}

function heldIn(list: readonly Reservation[], holder: Holder): readonly Address[] {
  const { containerId, ifname } = holder
  const exact = list.filter((each) => isHeldBy(each, containerId, ifname))
  const old = list.filter((each) => isHeldBy(each, containerId, undefined))
  return (exact.length > 0 ? exact : old).map(addressOf)
}

function isHeldBy(each: Reservation, containerId: string, ifname: string | undefined): boolean {
  return each.containerId === containerId && each.ifname === ifname
}

function addressOf({ address }: Reservation): Address {
  const read = readAddress(address)
  if (read) return read
  throw invalidFileError(`the store holds ${address}, which is not an address`)
}

function byAddress(a: Reservation, b: Reservation): number {
  return compareAddresses(addressOf(a), addressOf(b))
}
