import { existsSync } from 'node:fs'
import { clearIndex, type Member, writeHead, writeMembers } from './index-files.ts'
import { listContainers } from './list-containers.ts'
import type { Places } from './places.ts'
import type { Survey } from './survey.ts'

/** The outcome for the hosts files of an operation, by container. */
export interface Updated {
  /** Those that could not be updated. */
  readonly failed: ReadonlySet<string>
  /** The stamps of those that are as they are to be. */
  readonly stamps: ReadonlyMap<string, string>
}

/** Writes the index after a change, the head last; failed containers go to the idle ones. None is kept of no containers. */
export function keepIndex(
  places: Places,
  { full, known, idle, members }: Survey,
  { failed, stamps }: Updated,
): void {
  const unknown = idle.filter((id) => !known.has(id) && existsSync(places.container(id)))
  const nobody = known.size + unknown.length === 0 && listContainers(places).length === 0
  if (full || nobody) clearIndex(places)
  if (nobody) return
  const now = membersByKey(known, { failed, stamps })
  // What was not looked into may have more members than those that were read.
  for (const key of full ? now.keys() : members.keys()) {
    const [before, after] = [members.get(key) ?? [], now.get(key) ?? []]
    if (!isSame(before, after)) writeMembers(places, key, after)
  }
  writeHead(places, [...unknown, ...failed])
}

function membersByKey(
  known: Survey['known'],
  { failed, stamps }: Updated,
): ReadonlyMap<string, readonly Member[]> {
  const members = new Map<string, Member[]>()
  for (const [id, { keys }] of known) {
    if (failed.has(id)) continue
    const stamp = stamps.get(id)
    const member = stamp === undefined ? { id } : { id, stamp }
    for (const key of keys) {
      const list = members.get(key)
      if (list === undefined) members.set(key, [member])
      else list.push(member)
    }
  }
  return members
}

function isSame(before: readonly Member[], after: readonly Member[]): boolean {
  const stamps = new Map(before.map(({ id, stamp }) => [id, stamp]))
  return (
    before.length === after.length &&
    after.every(({ id, stamp }) => stamps.has(id) && stamps.get(id) === stamp)
  )
}
