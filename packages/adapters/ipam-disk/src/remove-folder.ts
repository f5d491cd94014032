import { rmdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { isCanonical } from '@vethra/address'
import { type CniError, inUseError } from '@vethra/cni'
import { entriesIn, failure, hasCode, isMissing } from './failure.ts'

/** Removes a network's folder with host-local's files. Throws CniError 102 when something else is in it, or an address is reserved. */
export async function removeFolder(folder: string): Promise<void> {
  const entries = entriesIn(folder)
  const foreign = entries.filter((entry) => entry.isDirectory() || !isOfHostLocal(entry.name))
  if (foreign.length > 0)
    throw notEmpty(
      folder,
      foreign.map(({ name }) => name),
    )
  for (const { name } of entries) removed(join(folder, name), unlinkSync)
  // A mount on the folder is its owner's, and stays.
  removed(folder, rmdirSync, 'EBUSY')
}

function isOfHostLocal(name: string): boolean {
  return name === 'lock' || /^last_reserved_ip\.\d+$/.test(name) || isCanonical(name)
}

function removed(path: string, remove: (path: string) => void, allowed = 'ENOENT'): void {
  try {
    remove(path)
  } catch (cause) {
    if (hasCode(cause, 'ENOTEMPTY')) throw notEmpty(path, [], cause)
    if (!isMissing(cause) && !hasCode(cause, allowed)) throw failure(`remove ${path}`, cause)
  }
}

function notEmpty(folder: string, names: readonly string[], cause?: unknown): CniError {
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name))
  return inUseError(
    `cannot remove ${folder}: it holds files that are not host-local's, or a new reservation`,
    {
      details: shown.length > 0 ? shown.join(', ') : undefined,
      hint: 'Look into the folder, and move files of other programs away.',
      cause,
    },
  )
}
