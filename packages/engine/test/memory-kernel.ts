import { CniError } from '@vethra/cni'
import type { Facts, HostLink } from '@vethra/plugins'
import {
  type Change,
  carrierOf,
  isSameOwner,
  keyOf,
  type Owned,
  ownerMark,
  type Resource,
  type State,
} from '@vethra/state'
import type { Applied, AttachmentKernel } from '@vethra/world'

/** A kernel in memory, and what tests ask of it. */
export interface MemoryKernel extends AttachmentKernel {
  /** All that it has, the containers' by their namespace: `/run/netns/web link container eth0`. */
  readonly contents: ReadonlyMap<string, Owned>
  /** Puts there what is others': a link, a port. */
  place(netns: string, owned: Owned): void
  /** Ends a namespace, and with it what is in it: the host's end of a veth, too. */
  endNamespace(netns: string): void
}

/** Faults to be injected into a kernel in memory. */
export interface Faults {
  /** Is asked before each change: an error refuses it, and throwing is a kill at this step. */
  readonly before?: (change: Change) => CniError | undefined
}

/**
 * A kernel that behaves: a link needs what it lies on, an address its link; what goes takes with it what it
 * carries; a name or a port that is taken is refused. For unit tests and dry runs.
 */
export function memoryKernel({ before = () => undefined }: Faults = {}): MemoryKernel {
  const contents = new Map<string, Owned>()
  const at = (netns: string, resource: Resource) => placeKey(netns, resource)
  return {
    contents,
    place: (netns, owned) => void contents.set(at(netns, owned.resource), owned),
    endNamespace: (netns) => {
      for (const [key, { resource }] of contents) {
        if (key.startsWith(`${netns} `)) removeFrom(contents, netns, resource)
      }
    },
    facts: async ({ links = [] }): Promise<Facts> => ({
      links: Object.fromEntries(links.flatMap((name) => hostLink(contents, name))),
    }),
    observe: async (netns, expected): Promise<State> =>
      expected.flatMap(({ resource }) =>
        isReachable(netns, resource) ? (contents.get(at(netns, resource)) ?? []) : [],
      ),
    publishedTo: async (addresses): Promise<State> =>
      [...contents.values()].filter(
        ({ resource }) => resource.kind === 'publish' && addresses.includes(resource.address),
      ),
    effectsOf: async (network): Promise<State> =>
      [...contents.values()].filter(
        ({ resource, owner }) =>
          effects.includes(resource.kind) && owner.kind !== 'host' && owner.network === network,
      ),
    apply: async (netns, changes): Promise<Applied> => {
      const done: Change[] = []
      for (const change of changes) {
        const error = before(change) ?? applyOne(contents, netns, change)
        if (error) return { done, failed: { change, error } }
        done.push(change)
      }
      return { done }
    },
    owners: async () => {
      const owned = [...contents.values()].filter(isMarked)
      return [...new Map(owned.map(({ owner }) => [ownerMark(owner), owner])).values()]
    },
    disown: async (owner) => {
      for (const [key, each] of contents) {
        if (isMarked(each) && isSameOwner(each.owner, owner)) contents.delete(key)
      }
    },
  }
}

const effects: readonly Resource['kind'][] = ['admit', 'isolate', 'masquerade', 'publish']

function isMarked({ resource: { kind } }: Owned): boolean {
  return effects.includes(kind)
}

function isReachable(netns: string, resource: Resource): boolean {
  return netns !== '' || !('place' in resource) || resource.place === 'host'
}

function placeKey(netns: string, resource: Resource): string {
  const inContainer = 'place' in resource && resource.place === 'container'
  return `${inContainer ? netns : 'host'} ${keyOf(resource)}`
}

function hostLink(
  contents: ReadonlyMap<string, Owned>,
  name: string,
): readonly [string, HostLink][] {
  const found = contents.get(`host link host ${name}`)?.resource
  if (found?.kind !== 'link') return []
  return [[name, { kind: found.type.name, mac: found.mac ?? '', mtu: found.mtu ?? 1500 }]]
}

function applyOne(
  contents: Map<string, Owned>,
  netns: string,
  change: Change,
): CniError | undefined {
  if (change.kind === 'remove') {
    removeFrom(contents, netns, change.from.resource)
    return undefined
  }
  const { to } = change
  const key = placeKey(netns, to.resource)
  const isTaken = change.kind === 'make' && contents.has(key) && to.owner.kind === 'attachment'
  if (isTaken) return refusal(`cannot make ${key}: it exists`)
  const needed = needs(netns, to.resource).find((each) => !contents.has(each))
  if (needed !== undefined) return refusal(`cannot make ${key}: ${needed} is missing`)
  contents.set(key, to)
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
  const carrier = carrierOf(resource)
  if (carrier === undefined || carrier.endsWith(' lo')) return []
  return [`${carrier.startsWith('link container') ? netns : 'host'} ${carrier}`]
}

function removeFrom(contents: Map<string, Owned>, netns: string, resource: Resource): void {
  contents.delete(placeKey(netns, resource))
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

function refusal(message: string): CniError {
  return new CniError({ code: 5, message })
}
