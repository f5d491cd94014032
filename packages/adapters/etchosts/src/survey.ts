import { existsSync } from 'node:fs'
import type { ContainerNames } from '@vethra/names'
import { type IndexHead, type Member, readHead, readMembers } from './index-files.ts'
import type { KeysOf } from './keys-of-networks.ts'
import { listContainers } from './list-containers.ts'
import type { Places } from './places.ts'
import { readNames } from './read-names.ts'

/** A container whose meta.json was read. */
export interface Known {
  readonly names: ContainerNames
  /** The networks that it is in. */
  readonly keys: readonly string[]
}

/** The container that is to change, and the networks that it will be in. */
interface Change {
  readonly id: string
  readonly keys: readonly string[]
}

/** The knowledge of containers that an operation needs before it changes one of them. */
export interface Survey {
  /** Whether all containers were looked at, for want of an index; then every file has to be put right. */
  readonly full: boolean
  /** By id: what was read. */
  readonly known: ReadonlyMap<string, Known>
  /** The containers that nothing is known of. */
  readonly idle: readonly string[]
  /** The networks in which something changes, or has changed. */
  readonly affected: ReadonlySet<string>
  /** By key, the members that the index gave the networks that were looked into. */
  readonly members: ReadonlyMap<string, readonly Member[]>
}

/**
 * Looks at the containers that a change may have to do with; each meta.json is read at most once.
 * Without an index these are all. With one they are the container itself, the idle ones, which
 * nerdctl may have started, and the members of the networks of all these. Networks whose names are
 * in these members' files count, too.
 */
export function survey(places: Places, change: Change, keysOf: KeysOf): Survey {
  const head = readHead(places)
  const own = knownOf(places, change.id, keysOf)
  // Of a container whose meta.json was damaged or taken away, nobody can say whose files hold its names.
  const isDamaged = own === undefined && existsSync(places.container(change.id))
  if (head === undefined || (isDamaged && !head.idle.includes(change.id)))
    return surveyAll(places, keysOf)
  return surveyAround({ places, change, keysOf, own, head })
}

/** Whether a container's file holds names of a network in which something changes. */
export function isTouched({ keys }: Known, affected: ReadonlySet<string>): boolean {
  return keys.some((key) => affected.has(key))
}

function surveyAll(places: Places, keysOf: KeysOf): Survey {
  const read = listContainers(places).map((id) => [id, knownOf(places, id, keysOf)] as const)
  const known = read.filter((each): each is [string, Known] => each[1] !== undefined)
  const idle = read.filter((each) => each[1] === undefined).map(([id]) => id)
  return { full: true, known: new Map(known), idle, affected: new Set(), members: new Map() }
}

interface Start {
  readonly places: Places
  readonly change: Change
  readonly keysOf: KeysOf
  readonly own: Known | undefined
  readonly head: IndexHead
}

function surveyAround({ places, change, keysOf, own, head }: Start): Survey {
  const read = new Map([[change.id, own]])
  const affected = new Set([...change.keys, ...(own?.keys ?? [])])
  const members = new Map<string, readonly Member[]>()
  const look = (id: string) => {
    if (!read.has(id)) read.set(id, knownOf(places, id, keysOf))
    return read.get(id)
  }
  for (const id of head.idle) for (const key of look(id)?.keys ?? []) affected.add(key)
  const next = () => {
    const touched = [...read.values()].filter((each) => each && isTouched(each, affected))
    const keys = new Set([...affected, ...touched.flatMap((each) => each?.keys ?? [])])
    return [...keys].filter((key) => !members.has(key))
  }
  for (let keys = next(); keys.length > 0; keys = next()) {
    for (const key of keys) {
      const listed = readMembers(places, key)
      members.set(key, listed)
      const found = listed.map(({ id }) => look(id))
      if (!found.every((each) => each?.keys.includes(key))) affected.add(key)
    }
  }
  const known = [...read].filter((each): each is [string, Known] => each[1] !== undefined)
  const idle = [...read.keys()].filter((id) => read.get(id) === undefined)
  return { full: false, known: new Map(known), idle, affected, members }
}

function knownOf(places: Places, id: string, keysOf: KeysOf): Known | undefined {
  const names = readNames(places, id)
  return names === undefined ? undefined : { names, keys: keysOf(names) }
}
