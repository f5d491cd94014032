import { ioError } from '@vethra/cni'
import {
  addressText,
  decodeAddress,
  decodeRoutes,
  encodeRouteDump,
  type FoundAddress,
} from '@vethra/netlink'
import { type Change, describeChange, type InterfaceAddress, type Place } from '@vethra/state'
import type { Applied } from '@vethra/world'
import type { Session } from './session.ts'

/** Why an address takes no packets; `deaf`: it has no local route. */
type Unused = NonNullable<FoundAddress['unused']> | 'deaf'

// In milliseconds. A worker of the kernel makes the local route; who asked for the address before asks again after 1 s.
const waits = {
  deaf: { limit: 1000, poll: 1 },
  // As containernetworking's plugins.
  tentative: { limit: 5000, poll: 50 },
} as const

/**
 * Waits until the IPv6 addresses that were made take packets, up to 1 s; up to 5 s for those that ask first whether another
 * host has them. A duplicate fails with CniError 5.
 */
export async function awaitAddresses(
  applied: Applied,
  look: (made: readonly InterfaceAddress[]) => ReadonlyMap<string, Unused>,
): Promise<Applied> {
  const made = applied.failed ? [] : applied.done.flatMap(madeBy)
  for (let waited = 0; made.length > 0; ) {
    const unused = look(made.map(({ resource }) => resource))
    const taken = made.find(({ resource }) => unused.get(resource.address) === 'duplicate')
    if (taken) return { ...applied, failed: { change: taken.change, error: duplicate(taken) } }
    const { limit, poll } = waits[[...unused.values()].includes('tentative') ? 'tentative' : 'deaf']
    if (unused.size === 0 || waited >= limit) break
    await new Promise((resolve) => setTimeout(resolve, poll))
    waited += poll
  }
  return applied
}

/** Those of addresses that take no packets, and why. */
export function unusedAddresses(
  session: Session,
  made: readonly InterfaceAddress[],
): ReadonlyMap<string, Unused> {
  const at = (place: Place) => made.filter((each) => each.place === place)
  const deaf = [
    ...deafOf(session, 'host', at('host')),
    ...deafOf(session, 'container', at('container')),
  ]
  const refused = deaf.some(({ asksFirst }) => asksFirst) ? refusedInside(session) : undefined
  return new Map(deaf.map(({ address }) => [address, refused?.get(address) ?? 'deaf']))
}

function deafOf(
  session: Session,
  place: Place,
  made: readonly InterfaceAddress[],
): readonly InterfaceAddress[] {
  if (made.length === 0) return []
  const questions = made.map(({ address }) => ({ kind: 'ask route', address }) as const)
  const routes = session.route(place, questions).messages.flatMap(decodeRoutes)
  const heard = routes.flatMap(({ type, destination }) =>
    type === local && destination ? addressText(destination) : [],
  )
  return made.filter(({ address }) => !heard.includes(address))
}

/** RTN_LOCAL. */
const local = 2

function refusedInside(session: Session): ReadonlyMap<string, FoundAddress['unused']> {
  const { messages } = session.routeMessages('container', [encodeRouteDump('addresses')])
  const found = messages.flatMap((each) => decodeAddress(each) ?? [])
  return new Map(found.map(({ octets, unused }) => [addressText(octets), unused]))
}

interface Made {
  readonly change: Change
  readonly resource: InterfaceAddress
}

function madeBy(change: Change): readonly Made[] {
  if (change.kind !== 'make' || change.to.resource.kind !== 'address') return []
  const { resource } = change.to
  return resource.address.includes(':') ? [{ change, resource }] : []
}

function duplicate({ change, resource: { address } }: Made) {
  return ioError(
    `cannot ${describeChange(change)}: another host of the link has ${address}`,
    'Remove it from that host, or leave it out of the ranges of the network.',
  )
}
