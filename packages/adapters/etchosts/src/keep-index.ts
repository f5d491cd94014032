import { existsSync } from 'node:fs'
import { clearIndex, writeHead, writeMembers } from './index-files.ts'
import { listContainers } from './list-containers.ts'
import type { Places } from './places.ts'
import type { Survey } from './survey.ts'

/**
 * Writes the index as it is after a change, the head last. A container whose file could not be updated
 * goes to the idle ones, so that the next operation looks at it again. None is kept of no containers.
 */
export function keepIndex(
  places: Places,
  { full, known, idle, members }: Survey,
  failed: ReadonlySet<string>,
): void {
  const unknown = idle.filter((id) => !known.has(id) && existsSync(places.container(id)))
  const nobody = known.size + unknown.length === 0 && listContainers(places).length === 0
  if (full || nobody) clearIndex(places)
  if (nobody) return
  const now = membersByKey(known, failed)
  // What was not looked into may have more members than those that were read.
  for (const key of full ? now.keys() : members.keys()) {
    const [before, after] = [members.get(key) ?? [], now.get(key) ?? []]
    if (!isSame(before, after)) writeMembers(places, key, after)
  }
  writeHead(places, [...unknown, ...failed])
}

function membersByKey(
  known: Survey['known'],
  failed: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>()
  for (const [id, { keys }] of known) {
    if (failed.has(id)) continue
    for (const key of keys) {
      const list = members.get(key)
      if (list === undefined) members.set(key, [id])
      else list.push(id)
    }
  }
  return members
}

function isSame(before: readonly string[], after: readonly string[]): boolean {
  const ids = new Set(before)
  return before.length === after.length && after.every((id) => ids.has(id))
}
