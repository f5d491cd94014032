import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileError } from './file-error.ts'
import { removeAbandoned } from './remove-abandoned.ts'
import { writeWhole } from './write-whole.ts'

/** Replaces a file whole, as `writeWhole` does, and keeps its mode; temporary files that killed processes left beside it go. Throws CniError 5, also where there is none. Without `sync` a crash of the process alone leaves one or the other. */
export async function rewriteWhole(
  path: string,
  text: string,
  { sync = true }: { readonly sync?: boolean } = {},
): Promise<void> {
  const mode = modeOf(path)
  await removeAbandoned(dirname(path))
  await writeWhole(path, text, { mode, sync })
}

function modeOf(path: string): number {
  try {
    return statSync(path).mode & 0o777
  } catch (error) {
    throw fileError('write', path, error)
  }
}
