import { decodeLink, encodeRouteDump } from '@vethra/netlink'
import type { State } from '@vethra/state'
import type { AddressInside } from '@vethra/world'
import type { Looking } from '../observed/looking.ts'
import type { Session } from './session.ts'

/**
 * The commands that have a container's kernel take packets for the addresses of an interface again: for one that another host
 * has, too, and for one without its local route.
 */
export function deafAddresses(
  known: Looking,
  expected: State,
  { ifname, index }: { readonly ifname: string; readonly index: number },
): readonly string[] {
  const own = expected.flatMap(({ resource }) =>
    resource.kind === 'address' && resource.link === ifname ? [resource.address] : [],
  )
  return known.addresses('container', index).flatMap(({ address, prefixLength, unused }) => {
    if (!own.includes(address) || unused === 'tentative') return []
    const text = `${address}/${prefixLength} dev ${ifname}`
    if (unused) return [`ip address delete ${text}`, `ip address add ${text}`]
    const routes = known.routes('container').get(`${address}/${address.includes(':') ? 128 : 32}`)
    // 255 is table local.
    const isHeard = routes?.some(({ table }) => table === 255)
    return isHeard ? [] : [`ip route add table local local ${address} dev ${ifname}`]
  })
}

/** All addresses of a container, but on interfaces of odd names. */
export function addressesInside(session: Session, known: Looking): readonly AddressInside[] {
  const { messages } = session.routeMessages('container', [encodeRouteDump('links')])
  return messages
    .flatMap((each) => decodeLink(each) ?? [])
    .filter(({ name }) => isPlain.test(name))
    .flatMap(({ name: link, index }) =>
      known
        .addresses('container', index)
        .map(({ address, prefixLength }) => ({ link, address, prefixLength })),
    )
}

// Who is inside chooses the names.
const isPlain = /^[\w.-]+$/
