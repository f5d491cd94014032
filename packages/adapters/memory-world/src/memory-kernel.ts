import { type CniError, ioError, netnsError } from '@vethra/cni'
import {
  type Change,
  describeChange,
  effectKinds,
  type FeatureName,
  isSameOwner,
  keyOf,
  linkFeatures,
  type Owned,
  publishedTo,
  type Resource,
  resourceHint,
  type State,
  targetOf,
} from '@vethra/state'
import type { Applied, AttachmentKernel } from '@vethra/world'
import {
  applyOne,
  factsIn,
  markedLink,
  observeOne,
  placeKey,
  removeFrom,
} from './memory-contents.ts'

/** A kernel in memory, and what tests ask of it. */
export interface MemoryKernel extends AttachmentKernel {
  /** All that it has, the containers' by their namespace: `/run/netns/web link container eth0`. */
  readonly contents: ReadonlyMap<string, Owned>
  /** Puts there what is others': a link, a port. */
  place(netns: string, owned: Owned): void
  /** Ends a namespace, and with it what is in it: the host's end of a veth, too. */
  endNamespace(netns: string): void
}

/** How a kernel in memory behaves. */
export interface MemoryKernelOptions {
  /** The namespaces of containers that can be entered. Default: any. */
  readonly namespaces?: readonly string[]
  /** Whether it has a setting below /proc/sys. Default: each. */
  readonly hasSetting?: (key: string) => boolean
  /** The features that it lacks: what needs one is refused, with the hint that a kernel's adapter gives. Default: none. */
  readonly lacks?: readonly FeatureName[]
  /** Is asked before each change: an error refuses it, and throwing is a kill at this step. */
  readonly before?: (change: Change) => CniError | undefined
}

/** A kernel that behaves: links need what they lie on, removal takes what was carried, taken names are refused. For tests and dry runs. */
export function memoryKernel(given: MemoryKernelOptions = {}): MemoryKernel {
  const contents = new Map<string, Owned>()
  const at = (netns: string, resource: Resource) => placeKey(netns, resource)
  const observe = async (netns: string, expected: State): Promise<State> =>
    expected.flatMap((each) => observeOne(contents, netns, each) ?? [])
  return {
    contents,
    place: (netns, owned) => void contents.set(at(netns, owned.resource), owned),
    endNamespace: (netns) => {
      for (const [key, { resource }] of contents) {
        if (key.startsWith(`${netns} `)) removeFrom(contents, netns, resource)
      }
    },
    facts: async (wanted, netns = '') => factsIn(contents, wanted, netns),
    observe,
    lookInside: async (netns, ifname, expected) => {
      const { routes = [] } = factsIn(contents, {}, netns)
      const found = await observe(netns, expected)
      return {
        found,
        routes: routes.filter(({ link }) => link === ifname),
        neighbours: [],
        addresses: [],
        refusals: [],
      }
    },
    publishedTo: async (addresses): Promise<State> =>
      publishedTo([...contents.values()], addresses),
    effects: async (of): Promise<State> =>
      [...contents.values()].filter(
        ({ resource, owner }) =>
          effectKinds.includes(resource.kind) &&
          owner.kind !== 'host' &&
          (!of || isSameOwner(owner, of)),
      ),
    isTableWhole: async () => true,
    fillTable: async () => undefined,
    strange: async () => [],
    marked: async () => [...contents].flatMap(([key, owned]) => markedLink(key, owned)),
    apply: async (netns, changes) => applyAll(contents, given, { netns, changes }),
  }
}

function applyAll(
  contents: Map<string, Owned>,
  { before, namespaces, hasSetting = () => true, lacks = [] }: MemoryKernelOptions,
  { netns, changes }: { readonly netns: string; readonly changes: readonly Change[] },
): Applied {
  const isAway = namespaces !== undefined && !['', ...namespaces].includes(netns)
  const done: Change[] = []
  for (const change of changes) {
    const error =
      before?.(change) ??
      (isAway ? notEntered(netns) : undefined) ??
      lackOf(change, lacks) ??
      (lacksSetting(change, hasSetting) ? notThere(change) : applyOne(contents, netns, change))
    if (error) return { done, failed: { change, error } }
    done.push(change)
  }
  return { done }
}

function lacksSetting(change: Change, hasSetting: (key: string) => boolean): boolean {
  const { resource } = targetOf(change)
  return resource.kind === 'sysctl' && !hasSetting(resource.key)
}

function lackOf(change: Change, lacks: readonly FeatureName[]): CniError | undefined {
  const { resource } = targetOf(change)
  if (change.kind === 'remove' || resource.kind !== 'link') return undefined
  if (!lacks.includes(linkFeatures[resource.type.name])) return undefined
  const hint = resourceHint(resource)
  const message = `cannot ${describeChange(change)}: not supported by this kernel`
  return ioError(message, hint)
}

function notThere(change: Change): CniError | undefined {
  const { resource } = targetOf(change)
  const isOptional = resource.kind === 'sysctl' && resource.optional === true
  return isOptional ? undefined : ioError(`cannot write ${keyOf(resource)}: it is missing`)
}

function notEntered(netns: string): CniError {
  return netnsError(`cannot open network namespace ${netns}`)
}
