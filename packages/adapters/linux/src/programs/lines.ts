import {
  type BridgePort,
  type Change,
  type Link,
  type LinkSettings,
  type LinkType,
  type MovedLink,
  type Owned,
  ownerMark,
  type Place,
  type Qdisc,
  type Resource,
  type Route,
  type Rule,
} from '@vethra/state'

/** One line for the option `-batch` of ip, tc or bridge, and the namespace that it is for. */
export interface Line {
  readonly program: 'ip' | 'tc' | 'bridge'
  readonly place: Place
  readonly text: string
}

/** The lines that a change of links, addresses, routes and qdiscs is made of, in order. `netns` is the container's, a path. */
export function linesOf(change: Change, netns: string, links: 'delete' | 'down'): readonly Line[] {
  if (change.kind === 'remove') return removal(change.from.resource, links)
  const { resource } = change.to
  if (resource.kind !== 'link') return othersOf(resource, netns)
  const lines = change.kind === 'make' ? makeLink(change.to, resource, netns) : alterLink(resource)
  return hasIpv6(resource) ? lines : lines.filter(({ text }) => !text.includes(' addrgenmode '))
}

// IPV6_MIN_MTU: with less the kernel has no IPv6 on an interface, and refuses an address mode.
function hasIpv6({ mtu = 1500 }: Link): boolean {
  return mtu >= 1280
}

function ip(place: Place, ...words: readonly (string | number | undefined)[]): Line {
  return { program: 'ip', place, text: words.filter((word) => word !== undefined).join(' ') }
}

function tc(...words: readonly (string | number)[]): Line {
  return { program: 'tc', place: 'host', text: words.join(' ') }
}

function given(word: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${word} ${value}`
}

function onOff(word: string, value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : `${word} ${value ? 'on' : 'off'}`
}

function othersOf(resource: Exclude<Resource, Link>, netns: string): readonly Line[] {
  if (resource.kind === 'link settings') return [settings(resource)]
  if (resource.kind === 'qdisc') return qdisc(resource)
  if (resource.kind === 'bridge port') {
    return portLines(resource)
  }
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
  return resource.kind === 'route' ? [route('add', resource)] : []
}

function bridge(...words: readonly (string | number)[]): Line {
  return { program: 'bridge', place: 'host', text: words.join(' ') }
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

function moveIn({ device, name }: MovedLink, netns: string): readonly Line[] {
  return [
    ip('host', 'link set dev', device, 'down'),
    ip('host', 'link set dev', device, `alias "${device}"`),
    ip('host', 'link set dev', device, 'name', name, 'netns', netns),
    ip('container', 'link set dev', name, 'up'),
  ]
}

function moveOut({ device, name }: MovedLink): readonly Line[] {
  const back = ['netns', `/proc/${process.pid}/ns/net`]
  return [
    ip('container', 'link set dev', name, 'down'),
    ip('container', 'link set dev', name, 'name', device, ...back),
  ]
}

function settings(resource: LinkSettings): Line {
  const { place, link, up, mac, mtu, promiscuous, allMulticast, transmitQueueLength } = resource
  return ip(
    place,
    'link set dev',
    link,
    up === undefined ? undefined : upOrDown(up),
    given('address', mac),
    given('mtu', mtu),
    onOff('promisc', promiscuous),
    onOff('allmulticast', allMulticast),
    given('master', resource.master),
    given('txqueuelen', transmitQueueLength),
  )
}

function upOrDown(up: boolean): string {
  return up ? 'up' : 'down'
}

function route(verb: 'add' | 'del', resource: Route): Line {
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

function makeLink({ owner }: Owned, link: Link, netns: string): readonly Line[] {
  const { name, mac, mtu, type, place } = link
  const alias = ownerMark(owner)
  const common = [given('address', mac), given('mtu', mtu)]
  if (type.name === 'veth') {
    const { hostName, hostMac, bridge } = type
    const master = given('master', bridge)
    const host = ['link add name', hostName, 'address', hostMac, given('mtu', mtu), master]
    return [
      ip('host', ...host, 'type veth peer name', name, ...common, 'netns', netns),
      marked('host', hostName, alias),
      addressMode('host', hostName, false),
      ip('host', 'link set dev', hostName, 'up'),
      ...inside(link),
    ]
  }
  if (
    type.name === 'bridge' ||
    type.name === 'dummy' ||
    type.name === 'ifb' ||
    type.name === 'vrf'
  ) {
    const shape = shapeOf(type)
    return [ip(place, 'link add name', name, ...common, 'type', shape), ...inside(link, alias)]
  }
  const queue = type.name === 'macvlan' ? given('bcqueuelen', type.broadcastQueue) : undefined
  const mode = type.name === 'vlan' ? `vlan id ${type.id}` : `${type.name} mode ${type.mode}`
  const shape = queue === undefined ? mode : `${mode} ${queue}`
  const from = type.parentPlace ?? 'host'
  const away = from === place ? [] : ['netns', netns]
  return [
    ip(from, 'link add link', type.parent, 'name', name, ...common, ...away, 'type', shape),
    ...inside(link, alias),
  ]
}

function shapeOf(type: Extract<LinkType, { name: 'bridge' | 'dummy' | 'ifb' | 'vrf' }>): string {
  if (type.name === 'vrf') return `vrf table ${type.table}`
  if (type.name !== 'bridge') return type.name
  return `bridge forward_delay 0 stp_state 0${type.vlanFiltering ? ' vlan_filtering 1' : ''}`
}

function inside({ place, name, up, linkLocal }: Link, alias?: string): readonly Line[] {
  return [
    ...(alias === undefined ? [] : [marked(place, name, alias)]),
    ...(linkLocal === false ? [addressMode(place, name, false)] : []),
    ...(up ? [ip(place, 'link set dev', name, 'up')] : []),
  ]
}

function marked(place: Place, name: string, alias: string): Line {
  return ip(place, 'link set dev', name, `alias "${alias}"`)
}

function addressMode(place: Place, name: string, makesOne: boolean): Line {
  return ip(place, 'link set dev', name, 'addrgenmode', makesOne ? 'eui64' : 'none')
}

function alterLink({ name, place, up, mac, mtu, linkLocal }: Link): readonly Line[] {
  const values = [upOrDown(up), given('address', mac), given('mtu', mtu)]
  return [
    ...(linkLocal === undefined ? [] : [addressMode(place, name, linkLocal)]),
    ip(place, 'link set dev', name, ...values),
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

// Both ends of a veth go with the host's; an interface of the host goes with no namespace.
function removeLink({ place, name, type }: Link, links: 'delete' | 'down'): Line {
  const hostName = type.name === 'veth' ? type.hostName : ''
  const end = hostName === '' ? ip(place) : ip('host')
  const target = hostName || name
  const isLeft = links === 'down' && place === 'container'
  return ip(end.place, ...(isLeft ? ['link set dev', target, 'down'] : ['link del dev', target]))
}
