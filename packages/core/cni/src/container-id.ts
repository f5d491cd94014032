/** A container, by the containerd namespace that it is in and its id there. */
export interface ContainerRef {
  readonly namespace: string
  readonly id: string
}

const hash = '[0-9a-f]{64}'
const isHash = new RegExp(`^${hash}$`)
const endsInHash = new RegExp(`-${hash}$`)

/** The `CNI_CONTAINERID` of a container: nerdctl's `NS-ID` where that is unambiguous, else `NS--ID`. No two containers share one. */
export function containerIdOf({ namespace, id }: ContainerRef): string {
  const joined = dashJoined({ namespace, id })
  if (joined.includes('--')) return `${namespace}--${id}`
  const plain = isHash.test(id) || !(namespace.includes('-') || endsInHash.test(id))
  return plain ? joined : `${namespace}--${id}`
}

/** `NS-ID`, as Vethra 0.1 and nerdctl join every container's: two containers can share one. */
export function dashJoined({ namespace, id }: ContainerRef): string {
  return `${namespace}-${id}`
}

/** The container that a `CNI_CONTAINERID` is of; undefined when `containerIdOf` makes it for none. */
export function splitContainerId(containerId: string): ContainerRef | undefined {
  const [length, dashes] = separatorOf(containerId)
  const namespace = containerId.slice(0, length)
  const id = containerId.slice(length + dashes)
  if (!isNamespace(namespace) || id === '') return undefined
  return containerIdOf({ namespace, id }) === containerId ? { namespace, id } : undefined
}

/** The containers that `NS-ID` of other programs can mean, that of `splitContainerId` first; empty for none. */
export function readingsOf(containerId: string): readonly ContainerRef[] {
  const usual = splitContainerId(containerId)
  const dashes = [...containerId.slice(0, longestNamespace + 1).matchAll(/-/g)]
  const others = dashes
    .map(({ index: at }) => ({
      namespace: containerId.slice(0, at),
      id: containerId.slice(at + 1),
    }))
    .filter(({ namespace, id }) => isNamespace(namespace) && id !== '')
    .filter(({ namespace, id }) => namespace !== usual?.namespace || id !== usual.id)
  return usual ? [usual, ...others] : others
}

function separatorOf(containerId: string): readonly [index: number, length: number] {
  const doubled = containerId.indexOf('--')
  if (doubled >= 0) return [doubled, 2]
  const beforeHash = containerId.search(endsInHash)
  return [beforeHash >= 0 ? beforeHash : containerId.indexOf('-'), 1]
}

const longestNamespace = 76

/** Whether the text can be a containerd namespace or container id: 76 letters, digits, single `.`, `-`, `_` between (pkg/identifiers). */
export function isNamespace(text: string): boolean {
  return text.length <= longestNamespace && /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/.test(text)
}
