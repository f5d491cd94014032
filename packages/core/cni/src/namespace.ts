import { isObject, type Json } from './json.ts'
import { present } from './present.ts'

/** The identity of a network namespace, and the folder in which its path was looked up. */
export interface NamespaceIdentity {
  /** Device and inode, `4:4026532201`: another namespace may get them once this one has ended. Empty when not known. */
  readonly netnsId: string
  /** The cookie (SO_NETNS_COOKIE), in decimal: never reused within a boot. Absent where the kernel or the runtime gives none. */
  readonly cookie?: string
  /** `/proc/sys/kernel/random/boot_id`. */
  readonly bootId?: string
  /** Device and inode of the folder that the path is in; for `/proc/PID/ns/net` our PID namespace, `pid:[4026531836]`. */
  readonly place?: string
  /** When process PID of `/proc/PID/ns/net` started: proc_pid_stat(5), field 22. */
  readonly startTime?: string
}

/** The object at the path of a namespace now. */
export interface SeenNamespace extends NamespaceIdentity {
  /** `missing`: ENOENT, or no such process. `unreadable`: any other error, which says nothing about the namespace. */
  readonly found: 'namespace' | 'missing' | 'unreadable'
}

/** Whether what was recorded of a namespace is still there. `unknown` is never detached, and never attached again. */
export type Life = 'alive' | 'gone' | 'unknown'

/**
 * Decides about a recorded namespace by what is at its path now. Another boot: gone, unless all else is that of process PID,
 * and the interface inside proves it: the record was edited. Another namespace or none: gone only where the path is looked up
 * in the place of then, and process PID is another or none. A namespace with device and inode alone is alive where process
 * PID is the same as then, or the interface inside proves it.
 */
export function lifeOf(
  recorded: NamespaceIdentity,
  seen: SeenNamespace,
  { isProven = false }: { readonly isProven?: boolean } = {},
): Life {
  if (differ(recorded.bootId, seen.bootId))
    return isProven && isSameButBoot(recorded, seen) ? 'alive' : 'gone'
  if (seen.found === 'unreadable') return 'unknown'
  const isSure = isProven || isSameProcess(recorded, seen)
  const told = isSameNamespace(recorded, seen) ?? (isSure ? true : undefined)
  const same = seen.found === 'namespace' ? told : false
  if (same === true) return 'alive'
  if (!isSamePlace(recorded, seen)) return 'unknown'
  // A process that lives on can have gone to another namespace, and others of its container stayed.
  const left = isOfProcess(seen) ? isOtherProcess(recorded, seen) : same === false
  return left ? 'gone' : 'unknown'
}

/** Whether two namespaces are one; undefined where only device and inode say so, which are reused. */
export function isSameNamespace(a: NamespaceIdentity, b: NamespaceIdentity): boolean | undefined {
  if (differ(a.bootId, b.bootId)) return false
  const known = a.bootId !== undefined && b.bootId !== undefined
  if (known && a.cookie !== undefined && b.cookie !== undefined) return a.cookie === b.cookie
  return a.netnsId !== '' && b.netnsId !== '' && a.netnsId !== b.netnsId ? false : undefined
}

/** Whether the interface inside can prove a namespace: its record has no cookie, and the kernel has one, or its boot alone is another. */
export function isProvable(recorded: NamespaceIdentity, seen: SeenNamespace): boolean {
  const { cookie, netnsId } = recorded
  const inode = netnsId !== '' && netnsId === seen.netnsId
  const lacks = cookie === undefined && seen.cookie !== undefined
  return inode && (lacks || isSameButBoot(recorded, seen))
}

/** The record of a namespace that was seen. */
export function identityOf({ found: _, ...identity }: SeenNamespace): NamespaceIdentity {
  return identity
}

/** The identity in a JSON value, as a file of ours holds it; keys whose value is no text are left out. */
export function readIdentity(value: Json): NamespaceIdentity {
  const object = isObject(value) ? value : {}
  const text = (key: string) => (typeof object[key] === 'string' ? object[key] : undefined)
  const [cookie, bootId] = [text('cookie'), text('bootId')]
  const [place, startTime] = [text('place'), text('startTime')]
  return { netnsId: text('netnsId') ?? '', ...present({ cookie, bootId, place, startTime }) }
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b
}

// While a process lives in a namespace, nothing else gets its inode.
function isSameProcess(recorded: NamespaceIdentity, seen: SeenNamespace): boolean {
  return isOfProcess(seen) && areEqual(recorded, seen, ['bootId', 'place', 'startTime', 'netnsId'])
}

// Another boot gives out the same cookies and inodes, but not to a process that starts in the same tick.
function isSameButBoot(recorded: NamespaceIdentity, seen: SeenNamespace): boolean {
  const isOther = differ(recorded.bootId, seen.bootId) && isOfProcess(seen)
  return isOther && areEqual(recorded, seen, ['place', 'startTime', 'netnsId', 'cookie'])
}

function areEqual(
  recorded: NamespaceIdentity,
  seen: SeenNamespace,
  keys: readonly (keyof NamespaceIdentity)[],
): boolean {
  return keys.every((key) => seen[key] && recorded[key] === seen[key])
}

function isOtherProcess(recorded: NamespaceIdentity, seen: SeenNamespace): boolean {
  return seen.found === 'missing' || differ(recorded.startTime, seen.startTime)
}

// Of a path in /proc that was recorded without a place, our own PID namespace counts.
function isSamePlace(recorded: NamespaceIdentity, seen: SeenNamespace): boolean {
  if (seen.place === undefined) return false
  return recorded.place === seen.place || (recorded.place === undefined && isOfProcess(seen))
}

function isOfProcess({ place = '' }: NamespaceIdentity): boolean {
  return place.startsWith('pid:')
}
