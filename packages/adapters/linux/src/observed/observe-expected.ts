import { formatPrefix, readCidr } from '@vethra/address'
import { present } from '@vethra/cni'
import { elementsOf, isEffect } from '@vethra/firewall'
import type { FoundLink } from '@vethra/netlink'
import {
  type BridgePort,
  type InterfaceAddress,
  type LinkSettings,
  type Owned,
  type Qdisc,
  type Resource,
  type Route,
  readMark,
  type State,
  type Sysctl,
} from '@vethra/state'
import { bareKey, type Looking } from './looking.ts'
import { observeLink } from './observe-link.ts'

/** The expected resources that exist, each as it is now with its mark's owner, else the expectation's. Missing ones are left out. */
export function observeExpected(known: Looking, expected: State): State {
  return expected.flatMap((each) => {
    const found = observeOne(known, each)
    return found ? [found] : []
  })
}

function observeOne(known: Looking, { resource, owner }: Owned): Owned | undefined {
  const isAway = 'place' in resource && resource.place === 'container' && !known.hasContainer
  if (isAway && resource.kind !== 'link') return undefined
  if (isEffect(resource)) return observeEffect(known, { resource, owner })
  if (resource.kind === 'link') return observeLink(known, resource, owner)
  const found = observePlain(known, resource)
  return found && { resource: found, owner }
}

function observePlain(known: Looking, resource: Resource): Resource | undefined {
  if (resource.kind === 'link settings') {
    const link = known.link(resource.place, resource.link)
    return link && settingsOf(known, resource, link)
  }
  if (resource.kind === 'bridge port') return observePort(known, resource)
  if (resource.kind === 'moved link') {
    const { device, name } = resource
    const link = known.link('container', name)
    if (link === undefined || (device !== '' && link.alias !== device)) return undefined
    return link.alias === '' ? undefined : { ...resource, device: link.alias }
  }
  if (resource.kind === 'rule') {
    const { place, source } = resource
    const found = known.rules(place).find((each) => each.source === source)
    return found && { ...resource, table: found.table }
  }
  if (resource.kind === 'qdisc') return observeQdisc(known, resource)
  if (resource.kind === 'address') return hasAddress(known, resource) ? resource : undefined
  if (resource.kind === 'route') return hasRoute(known, resource) ? resource : undefined
  return resource.kind === 'sysctl' ? readSysctl(known, resource) : undefined
}

function observePort(known: Looking, { onlyMac, ...wanted }: BridgePort): BridgePort | undefined {
  const { port, up } = known.link('host', wanted.link) ?? {}
  // A port that is down passes nothing.
  if (port === undefined || !up) return undefined
  const { hairpin, isolated, locked } = port
  const only = locked && onlyMac !== undefined ? { onlyMac } : {}
  return { ...wanted, hairpin, isolated, ...only }
}

function settingsOf(known: Looking, wanted: LinkSettings, link: FoundLink): LinkSettings {
  const { place, master } = wanted
  const { up, mac, mtu, arp, promiscuous, allMulticast, transmitQueueLength } = link
  const seen = { ...wanted, up, mac, mtu, arp, promiscuous, allMulticast, transmitQueueLength }
  if (master === undefined || known.link(place, master)?.index === link.master) return seen
  const { master: _, ...rest } = seen
  return rest
}

function hasAddress(known: Looking, wanted: InterfaceAddress): boolean {
  const { place, link, address, prefixLength } = wanted
  const index = known.link(place, link)?.index
  // Nothing is listed for an interface that is still to be made.
  if (index === undefined) return false
  const isThere = known
    .addresses(place, index)
    .some((each) => each.prefixLength === prefixLength && each.address === address)
  return isThere && (!bringsRoute(wanted) || leadsToSubnet(known, wanted, index))
}

function bringsRoute({ needsRoute, prefixRoute = true, ...wanted }: InterfaceAddress): boolean {
  const isOfHost = wanted.prefixLength === (wanted.address.includes(':') ? 128 : 32)
  return needsRoute === true && prefixRoute && !isOfHost
}

function leadsToSubnet(known: Looking, wanted: InterfaceAddress, index: number): boolean {
  const prefix = readCidr(`${wanted.address}/${wanted.prefixLength}`)?.prefix
  const routes = prefix ? known.routes(wanted.place).get(formatPrefix(prefix)) : undefined
  return routes?.some((each) => each.index === index) === true
}

function hasRoute(known: Looking, route: Route): boolean {
  const { place, link, destination, gateway, priority = 0, table = 254, anyTable } = route
  const index = known.link(place, link)?.index
  if (index === undefined) return false
  const metric = destination.includes(':') && priority === 0 ? 1024 : priority
  return (known.routes(place).get(destination) ?? []).some(
    (each) =>
      each.index === index &&
      each.gateway === gateway &&
      (anyTable || each.table === table) &&
      each.priority === metric,
  )
}

function readSysctl(known: Looking, sysctl: Sysctl): Resource | undefined {
  const value = known.sysctl(sysctl.place, sysctl.key)
  return value === undefined ? undefined : { ...sysctl, value }
}

// An effect is there when each of its elements is; one that leads elsewhere is found as it leads.
function observeEffect(known: Looking, { resource, owner }: Owned): Owned | undefined {
  if (!isEffect(resource)) return undefined
  const wanted = elementsOf(resource, owner)
  const found = wanted.map(({ set, element }) => known.element(set, bareKey(element)))
  const [first] = found
  if (first === undefined || found.includes(undefined)) return undefined
  if (resource.kind === 'admit' && !known.passes(resource)) return undefined
  const { comment, data } = first
  const mark = readMark(comment) ?? owner
  if (resource.kind !== 'publish') return { resource, owner: mark }
  const [address = '', port = ''] = data ?? []
  return { resource: { ...resource, address, port: Number(port) }, owner: mark }
}

/** The limit or the redirection of an interface as it is; undefined where there is none. */
function observeQdisc(known: Looking, wanted: Qdisc): Qdisc | undefined {
  const link = known.link('host', wanted.link)
  if (link === undefined) return undefined
  if ('redirect' in wanted.does) {
    const to = known.redirect(link.index)
    const redirect = to === undefined ? undefined : known.linkAt(to)?.name
    return redirect === undefined ? undefined : { ...wanted, does: { redirect } }
  }
  const limit = known.limit(link.index)
  if (limit === undefined) return undefined
  const { burst, subnets } = wanted.does
  // The kernel keeps the burst in ticks of 64 ns.
  const isClose = Math.abs(limit.burst - burst) <= Math.max(2, (limit.rate * 64) / 1e9)
  const does = { ...limit, burst: isClose ? burst : limit.burst }
  return {
    ...wanted,
    does: isSameSet(does.subnets, subnets) ? { ...does, ...present({ subnets }) } : does,
  }
}

// The kernel tells of filters in an order of its own.
function isSameSet(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one.length === other.length && one.every((each) => other.includes(each))
}
