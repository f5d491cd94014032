import { type CniError, ioError } from '@vethra/cni'
import type { Facts, HostLink, WantedFacts } from '@vethra/plugins'
import { type Change, carrierOf, keyOf, type Owned, type Resource } from '@vethra/state'
import type { MarkedLink } from '@vethra/world'

function tablesOf(resource: Resource): NonNullable<Facts['tables']> {
  if (resource.kind === 'rule') return [{ table: resource.table, source: resource.source }]
  const isVrf = resource.kind === 'link' && resource.type.name === 'vrf'
  return isVrf ? [{ table: resource.type.table, vrf: resource.name }] : []
}

/** The facts that a plan asks for, of the host and of a namespace. */
export function factsIn(
  contents: ReadonlyMap<string, Owned>,
  { links = [], inside = [], device }: WantedFacts,
  netns: string,
): Facts {
  const found = device?.name ?? ''
  const own = (name: string) => linkAt(contents, `${netns} link container ${name}`, name)
  const tables = [...contents].flatMap(([key, { resource }]) =>
    key.startsWith(`${netns} `) ? tablesOf(resource) : [],
  )
  const routes = [...contents].flatMap(([key, { resource }]) =>
    key.startsWith(`${netns} `) && resource.kind === 'route' && resource.table === undefined
      ? [resource]
      : [],
  )
  return {
    links: Object.fromEntries([...links, found].flatMap((name) => hostLink(contents, name))),
    ...(netns === '' ? {} : { inside: Object.fromEntries(inside.flatMap(own)), tables, routes }),
    ...(hostLink(contents, found).length > 0 ? { device: found } : {}),
  }
}

/** An interface of the host that bears a mark, from its entry. */
export function markedLink(key: string, { resource, owner }: Owned): readonly MarkedLink[] {
  if (!key.startsWith('host link host ') || resource.kind !== 'link') return []
  const { type, name } = resource
  const bridge = type.name === 'veth' ? type.bridge : undefined
  return owner.kind === 'host' ? [] : [{ name, owner, ...(bridge ? { bridge } : {}) }]
}

/** A resource as it is now. A veth is found by its host's end, whether the container's namespace can be entered or not. */
export function observeOne(
  contents: ReadonlyMap<string, Owned>,
  netns: string,
  { resource, owner }: Owned,
): Owned | undefined {
  const home = homeOf(contents, netns, resource)
  const isAway = 'place' in resource && resource.place === 'container'
  if (home === '' && isAway) return undefined
  const found = contents.get(placeKey(home, resource))
  const isLoopback = resource.kind === 'link settings' && resource.link === 'lo'
  return found ?? (isLoopback ? { owner, resource: { ...resource, up: false } } : undefined)
}

// The namespace that an interface is in: where none is named, that of the veth whose other end is the host's.
function homeOf(contents: ReadonlyMap<string, Owned>, netns: string, resource: Resource): string {
  if (netns !== '' || resource.kind !== 'link' || resource.type.name !== 'veth') return netns
  const { hostName } = resource.type
  const [key = ''] =
    [...contents].find(
      ([, { resource: each }]) =>
        each.kind === 'link' &&
        each.place === 'container' &&
        each.type.name === 'veth' &&
        each.type.hostName === hostName,
    ) ?? []
  return key.slice(0, Math.max(0, key.indexOf(' ')))
}

/** The key of a resource in a namespace: `/run/netns/web link container eth0`. */
export function placeKey(netns: string, resource: Resource): string {
  const inContainer = 'place' in resource && resource.place === 'container'
  return `${inContainer ? netns : 'host'} ${keyOf(resource)}`
}

function hostLink(
  contents: ReadonlyMap<string, Owned>,
  name: string,
): readonly [string, HostLink][] {
  return linkAt(contents, `host link host ${name}`, name)
}

function linkAt(
  contents: ReadonlyMap<string, Owned>,
  key: string,
  name: string,
): readonly [string, HostLink][] {
  const found = contents.get(key)?.resource
  if (found?.kind !== 'link') return []
  return [[name, { kind: found.type.name, mac: found.mac ?? '', mtu: found.mtu ?? 1500 }]]
}

/** Applies one change; the error where it is refused, and nothing has changed. */
export function applyOne(
  contents: Map<string, Owned>,
  netns: string,
  change: Change,
): CniError | undefined {
  if (change.kind === 'remove') {
    const { resource } = change.from
    removeFrom(contents, homeOf(contents, netns, resource), resource)
    return undefined
  }
  const { to } = change
  const key = placeKey(netns, to.resource)
  const isTaken = change.kind === 'make' && contents.has(key) && to.owner.kind === 'attachment'
  if (isTaken) return ioError(`cannot make ${key}: it exists`)
  const needed = needs(netns, to.resource).find((each) => !contents.has(each))
  if (needed !== undefined) return ioError(`cannot make ${key}: ${needed} is missing`)
  contents.set(key, to)
  if (to.resource.kind === 'moved link') {
    const { name, device } = to.resource
    const moved = contents.get(`host link host ${device}`)
    contents.delete(`host link host ${device}`)
    if (moved) contents.set(`${netns} link container ${name}`, moved)
  }
  if (to.resource.kind === 'link' && to.resource.type.name === 'veth') {
    const { hostName } = to.resource.type
    const hostEnd: Resource = { ...to.resource, place: 'host', name: hostName }
    contents.set(`host link host ${hostName}`, { resource: hostEnd, owner: to.owner })
  }
  return undefined
}

// `lo` is there without being made.
function needs(netns: string, resource: Resource): readonly string[] {
  if (resource.kind === 'link') {
    const { type } = resource
    if (type.name === 'veth')
      return type.bridge === undefined ? [] : [`host link host ${type.bridge}`]
    return 'parent' in type ? [`host link host ${type.parent}`] : []
  }
  if (resource.kind === 'moved link') return [`host link host ${resource.device}`]
  const carrier = carrierOf(resource)
  if (carrier === undefined || carrier.endsWith(' lo')) return []
  return [`${carrier.startsWith('link container') ? netns : 'host'} ${carrier}`]
}

/** Removes a resource, and with a link all that it carries. */
export function removeFrom(contents: Map<string, Owned>, netns: string, resource: Resource): void {
  contents.delete(placeKey(netns, resource))
  if (resource.kind === 'moved link') {
    const { name, device } = resource
    const moved = contents.get(`${netns} link container ${name}`)
    if (moved) contents.set(`host link host ${device}`, moved)
    contents.delete(`${netns} link container ${name}`)
  }
  if (resource.kind !== 'link') return
  const ends = [[placeKey(netns, resource), keyOf(resource)] as const]
  const { type } = resource
  if (type.name === 'veth')
    ends.push([`host link host ${type.hostName}`, `link host ${type.hostName}`])
  for (const [place, carrier] of ends) {
    contents.delete(place)
    const home = place.slice(0, place.indexOf(' '))
    for (const [key, each] of contents) {
      if (key.startsWith(`${home} `) && carrierOf(each.resource) === carrier) contents.delete(key)
    }
  }
}
