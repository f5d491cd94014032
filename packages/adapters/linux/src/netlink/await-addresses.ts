import { ioError } from '@vethra/cni'
import { addressText, decodeAddress, encodeRouteDump, type FoundAddress } from '@vethra/netlink'
import { type Change, describeChange, type InterfaceAddress } from '@vethra/state'
import type { Applied } from '@vethra/world'
import type { Session } from './session.ts'

/** As containernetworking's plugins: so long, and looked at so often. */
const limitMs = 5000
const pollMs = 50

/** Waits until the container's addresses that ask first whether another host has them are usable, up to 5 s. A duplicate fails with CniError 5. */
export async function awaitAddresses(
  applied: Applied,
  unused: () => ReadonlyMap<string, FoundAddress['unused']>,
): Promise<Applied> {
  const asking = applied.failed ? [] : applied.done.flatMap(askingOf)
  for (let waitedMs = 0; asking.length > 0; waitedMs += pollMs) {
    const found = unused()
    const taken = asking.find(({ address }) => found.get(address) === 'duplicate')
    if (taken) return { ...applied, failed: { change: taken.change, error: duplicate(taken) } }
    const isAsked = asking.some(({ address }) => found.get(address) === 'tentative')
    if (!isAsked || waitedMs >= limitMs) break
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  return applied
}

/** The addresses of the container that its kernel does not use, and why. */
export function unusedAddresses(session: Session): ReadonlyMap<string, FoundAddress['unused']> {
  const { messages } = session.routeMessages('container', [encodeRouteDump('addresses')])
  const found = messages.flatMap((each) => decodeAddress(each) ?? [])
  return new Map(found.map(({ octets, unused }) => [addressText(octets), unused]))
}

interface Asking extends Pick<InterfaceAddress, 'address'> {
  readonly change: Change
}

function askingOf(change: Change): readonly Asking[] {
  if (change.kind !== 'make' || change.to.resource.kind !== 'address') return []
  const { place, asksFirst, address } = change.to.resource
  return asksFirst && place === 'container' ? [{ change, address }] : []
}

function duplicate({ change, address }: Asking) {
  return ioError(
    `cannot ${describeChange(change)}: another host of the link has ${address}`,
    'Remove it from that host, or leave it out of the ranges of the network.',
  )
}
