import { overlaps, readCidr } from '@vethra/address'
import { type CniError, inUseError } from '@vethra/cni'
import { networkBridge } from '@vethra/networks'
import type { UsedByHost } from '@vethra/world'
import type { NamespaceNames } from './dns-names.ts'
import type { ServedNetwork } from './served-networks.ts'

/** The bridge of an internal network that lacks an address. */
export interface Borrower {
  readonly network: ServedNetwork
  /** The addresses that it has, `10.4.0.1/24`. */
  readonly has: readonly string[]
  /** Whether those that it is to have are of a resolver of ours, where they are there. */
  readonly isOurs: boolean
}

/** Why a bridge must not be given its addresses: somebody else has them, or goes by them. Undefined where it may. */
export function lendingFault(
  borrower: Borrower,
  all: readonly NamespaceNames[],
  used: readonly UsedByHost[],
): CniError | undefined {
  const { name } = borrower.network
  const found = foreignAddress(borrower) ?? sharer(borrower, all) ?? holder(borrower, all)
  const why = found ?? neighbour(borrower, used)
  if (why === undefined) return undefined
  return inUseError(
    `DNS is off in internal network ${name}: ${why}`,
    'Names go on by hosts files; -o vethra.dns=false at network create keeps DNS off.',
  )
}

function foreignAddress({ network: { bridge, lent }, has, isOurs }: Borrower): string | undefined {
  const [foreign] = has.filter((each) => !(isOurs && lent.includes(each)))
  return foreign && `its bridge ${bridge} has address ${foreign}, which Vethra did not give it`
}

// What another network's plugin does to the bridge's addresses is its own.
function sharer(
  { network: { file, bridge } }: Borrower,
  all: readonly NamespaceNames[],
): string | undefined {
  const other = all
    .flatMap(({ networks }) => networks)
    .find((each) => each.file !== file && networkBridge(each) === bridge)
  return other && `network ${other.name} is on its bridge ${bridge}, too`
}

function holder(
  { network: { name, addresses } }: Borrower,
  all: readonly NamespaceNames[],
): string | undefined {
  for (const { zone } of all) {
    for (const { id, networks } of zone.containers.values()) {
      const own = networks[name]?.addresses.map((each) => each.split('/')[0] ?? '') ?? []
      const address = addresses.find((each) => own.includes(each))
      if (address !== undefined) return `container ${id} has address ${address}`
    }
  }
  return undefined
}

// A route as long as ours, or longer, would lead to the one or to the other.
function neighbour(
  { network: { bridge, lent } }: Borrower,
  used: readonly UsedByHost[],
): string | undefined {
  const own = lent.flatMap((each) => readCidr(each)?.prefix ?? [])
  const other = used.find(({ prefix: text, interface: device }) => {
    const prefix = readCidr(text)?.prefix
    if (prefix === undefined || device === bridge) return false
    return own.some((each) => prefix.length >= each.length && overlaps(prefix, each))
  })
  return other && `its subnet overlaps ${other.prefix}, which the host has at ${other.interface}`
}
