import type {
  BridgePort,
  Change,
  Link,
  LinkSettings,
  Qdisc,
  Resource,
  Route,
  Rule,
} from '@vethra/state'
import { bridge, given, ip, type Line, onOff, tc, upOrDown } from './line.ts'
import { alterLink, makeLink, moveIn, moveOut, removeLink } from './link-lines.ts'

/** The lines that a change of links, addresses, routes and qdiscs is made of, in order. `netns` is the container's, a path. */
export function linesOf(change: Change, netns: string, links: 'delete' | 'down'): readonly Line[] {
  if (change.kind === 'remove') return removal(change.from.resource, links)
  const { resource } = change.to
  if (resource.kind !== 'link') return othersOf(resource, netns)
  const lines = change.kind === 'make' ? makeLink(change.to, resource, netns) : alterLink(resource)
  const { mtu = 1500 } = resource
  // IPV6_MIN_MTU: with less the kernel has no IPv6 on an interface, and refuses an address mode.
  return mtu >= 1280 ? lines : lines.filter(({ text }) => !text.includes(' addrgenmode '))
}

function othersOf(resource: Exclude<Resource, Link>, netns: string): readonly Line[] {
  if (resource.kind === 'link settings') return [settings(resource)]
  if (resource.kind === 'qdisc') return qdisc(resource)
  if (resource.kind === 'bridge port') return portLines(resource)
  if (resource.kind === 'rule') return [rule('add', resource)]
  if (resource.kind === 'moved link') return moveIn(resource, netns)
  if (resource.kind === 'address') {
    const { place, link, address, prefixLength, broadcast, prefixRoute, asksFirst } = resource
    const nodad = address.includes(':') && !asksFirst ? 'nodad' : undefined
    const alone = prefixRoute === false ? 'noprefixroute' : undefined
    const prefix = `${address}/${prefixLength}`
    const words = [prefix, given('broadcast', broadcast), 'dev', link, nodad, alone]
    return [ip(place, 'addr add', ...words)]
  }
  if (resource.kind !== 'route') return []
  return [route(resource.inFront ? 'prepend' : 'add', resource)]
}

function portLines({ link, hairpin, isolated, onlyMac, vlans }: BridgePort): readonly Line[] {
  const locked = onlyMac === undefined ? undefined : true
  const values = [onOff('hairpin', hairpin), onOff('isolated', isolated), onOff('locked', locked)]
  const { untagged, tagged = [], keepsDefault = true } = vlans ?? {}
  return [
    ...(onlyMac === undefined
      ? []
      : [bridge('fdb replace', onlyMac, 'dev', link, 'master static')]),
    ip('host', 'link set dev', link, 'type bridge_slave', ...values),
    ...(keepsDefault ? [] : [bridge('vlan del vid 1 dev', link)]),
    ...(untagged === undefined
      ? []
      : [bridge('vlan add vid', untagged, 'pvid untagged dev', link)]),
    ...tagged.map((id) => bridge('vlan add vid', id, 'dev', link)),
  ]
}

function rule(verb: 'add' | 'del', { place, source, table }: Rule): Line {
  return ip(place, `rule ${verb} from`, source, 'lookup', table)
}

function settings(resource: LinkSettings): Line {
  const { place, link, up, mac, mtu, arp, promiscuous, allMulticast, transmitQueueLength } =
    resource
  return ip(
    place,
    'link set dev',
    link,
    up === undefined ? undefined : upOrDown(up),
    given('address', mac),
    given('mtu', mtu),
    onOff('arp', arp),
    onOff('promisc', promiscuous),
    onOff('allmulticast', allMulticast),
    given('master', resource.master),
    given('txqueuelen', transmitQueueLength),
  )
}

function route(verb: 'add' | 'prepend' | 'del', resource: Route): Line {
  const { place, link, destination, gateway, source, priority, table, scope, mtu, advmss } =
    resource
  return ip(
    place,
    `route ${verb}`,
    destination,
    given('via', gateway),
    'dev',
    link,
    given('src', source),
    given('metric', priority),
    given('table', table),
    given(
      'scope',
      scope ?? (gateway === undefined && !destination.includes(':') ? 'link' : undefined),
    ),
    given('mtu', mtu),
    given('advmss', advmss),
    resource.onLink ? 'onlink' : undefined,
  )
}

function qdisc({ link, does }: Qdisc): readonly Line[] {
  if (!('redirect' in does)) {
    const rate = `rate ${does.rate * 8}bit burst ${does.burst}b latency 25ms`
    return [tc('qdisc replace dev', link, 'root handle 1: tbf', rate)]
  }
  const match = 'protocol all prio 1 u32 match u32 0 0 action mirred egress redirect dev'
  return [
    tc('qdisc add dev', link, 'ingress'),
    tc('filter add dev', link, 'parent ffff:', match, does.redirect),
  ]
}

function removal(resource: Resource, links: 'delete' | 'down'): readonly Line[] {
  if (resource.kind === 'link') return [removeLink(resource, links)]
  if (resource.kind === 'address') {
    const { place, link, address, prefixLength } = resource
    return [ip(place, 'addr del', `${address}/${prefixLength}`, 'dev', link)]
  }
  if (resource.kind === 'route') return [route('del', resource)]
  if (resource.kind === 'rule') return [rule('del', resource)]
  if (resource.kind === 'moved link') return moveOut(resource)
  if (resource.kind !== 'qdisc') return []
  return [tc('qdisc del dev', resource.link, 'redirect' in resource.does ? 'ingress' : 'root')]
}
