import type { Dirent } from 'node:fs'
import { readdir, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { CniError } from '@vethra/spec'
import { isAddressName } from './address-name.ts'
import { failure, hasCode, isMissing } from './failure.ts'

/**
 * Removes a network's folder with what host-local keeps in it: addresses, `last_reserved_ip.N`, `lock`.
 * Throws CniError 102 before anything is removed when something else is there, and when an address is
 * reserved meanwhile.
 */
export async function removeFolder(folder: string): Promise<void> {
  const entries = await entriesOf(folder)
  const foreign = entries.filter((entry) => entry.isDirectory() || !isOfHostLocal(entry.name))
  if (foreign.length > 0)
    throw notEmpty(
      folder,
      foreign.map(({ name }) => name),
    )
  for (const { name } of entries) await removed(join(folder, name), unlink)
  await removed(folder, rmdir)
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    if (isMissing(cause)) return []
    throw failure(`list ${folder}`, cause)
  }
}

function isOfHostLocal(name: string): boolean {
  return name === 'lock' || /^last_reserved_ip\.\d+$/.test(name) || isAddressName(name)
}

async function removed(path: string, remove: (path: string) => Promise<void>): Promise<void> {
  try {
    await remove(path)
  } catch (cause) {
    if (hasCode(cause, 'ENOTEMPTY')) throw notEmpty(path, [], cause)
    if (!isMissing(cause)) throw failure(`remove ${path}`, cause)
  }
}

function notEmpty(folder: string, names: readonly string[], cause?: unknown): CniError {
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name))
  return new CniError({
    code: 102,
    message: `cannot remove ${folder}: it holds what host-local does not keep there, or something new`,
    ...(shown.length > 0 ? { details: shown.join(', ') } : {}),
    hint: 'Look into the folder, and move away what is not of host-local.',
    ...(cause === undefined ? {} : { cause }),
  })
}
