import {
  type Link,
  type LinkType,
  type MovedLink,
  type Owned,
  ownerMark,
  type Place,
} from '@vethra/state'
import { given, ip, type Line, upOrDown } from './line.ts'

type Values = { readonly [Key in 'mac' | 'mtu']?: Link[Key] | undefined }
type TypeOf<Name extends LinkType['name']> = Extract<LinkType, { name: Name }>

/** The lines that make a link, mark it with its owner, and bring it up where it is to be. */
export function makeLink({ owner }: Owned, link: Link, netns: string): readonly Line[] {
  const { name, type, place } = link
  const alias = ownerMark(owner)
  if (type.name === 'veth') return makeVeth({ ...link, type }, alias, netns)
  if ('parent' in type) return makeUpper({ ...link, type }, alias, netns)
  const words = ['link add name', name, ...valuesOf(link), 'type', shapeOf(type)]
  return [ip(place, ...words), ...inside(link, alias)]
}

/** The lines that give a link other values. */
export function alterLink({ name, place, up, mac, mtu, linkLocal }: Link): readonly Line[] {
  const values = [upOrDown(up), given('address', mac), given('mtu', mtu)]
  return [
    ...(linkLocal === undefined ? [] : [addressMode(place, name, linkLocal)]),
    ip(place, 'link set dev', name, ...values),
  ]
}

/** The line that deletes a link, or takes one of a container down. Both ends of a veth go with the host's. */
export function removeLink({ place, name, type }: Link, links: 'delete' | 'down'): Line {
  const hostName = type.name === 'veth' ? type.hostName : ''
  const [end, target] = hostName === '' ? [place, name] : (['host', hostName] as const)
  const isLeft = links === 'down' && place === 'container'
  return isLeft ? ip(end, 'link set dev', target, 'down') : ip(end, 'link del dev', target)
}

/** The lines that move a device of the host into the container. Its alias has the name under which it goes back. */
export function moveIn({ device, name }: MovedLink, netns: string): readonly Line[] {
  return [
    ip('host', 'link set dev', device, `alias "${device}"`, 'name', name, 'netns', netns),
    ip('container', 'link set dev', name, 'up'),
  ]
}

/** The lines that move a device back to the host. */
export function moveOut({ device, name }: MovedLink): readonly Line[] {
  const back = ['netns', `/proc/${process.pid}/ns/net`]
  return [
    ip('container', 'link set dev', name, 'down'),
    ip('container', 'link set dev', name, 'name', device, ...back),
    ip('host', 'link set dev', device, 'alias ""'),
  ]
}

function makeVeth(
  link: Link & { readonly type: TypeOf<'veth'> },
  alias: string,
  netns: string,
): readonly Line[] {
  const { name, mtu, type } = link
  const { hostName, hostMac, bridge } = type
  const host = [hostName, ...valuesOf({ mac: hostMac, mtu }), given('master', bridge)]
  const peer = ['type veth peer name', name, ...valuesOf(link), 'netns', netns]
  return [
    ip('host', 'link add name', ...host, ...peer),
    marked('host', hostName, alias),
    addressMode('host', hostName, false),
    ip('host', 'link set dev', hostName, 'up'),
    ...inside(link),
  ]
}

function makeUpper(
  link: Link & { readonly type: TypeOf<'macvlan' | 'ipvlan' | 'vlan'> },
  alias: string,
  netns: string,
): readonly Line[] {
  const { name, type, place } = link
  const from = type.parentPlace ?? 'host'
  const away = from === place ? [] : ['netns', netns]
  const words = [type.parent, 'name', name, ...valuesOf(link), ...away, 'type', upperShape(type)]
  return [ip(from, 'link add link', ...words), ...inside(link, alias)]
}

function upperShape(type: TypeOf<'macvlan' | 'ipvlan' | 'vlan'>): string {
  if (type.name === 'vlan') return `vlan id ${type.id}`
  const mode = `${type.name} mode ${type.mode}`
  const queue = type.name === 'macvlan' ? given('bcqueuelen', type.broadcastQueue) : undefined
  return queue === undefined ? mode : `${mode} ${queue}`
}

function valuesOf({ mac, mtu }: Values) {
  return [given('address', mac), given('mtu', mtu)]
}

function shapeOf(type: TypeOf<'bridge' | 'dummy' | 'ifb' | 'vrf'>): string {
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
