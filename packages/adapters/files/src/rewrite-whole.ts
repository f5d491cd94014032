import { statSync } from 'node:fs'
import { fileError } from './file-error.ts'
import { writeWhole } from './write-whole.ts'

/** Replaces a file whole, as `writeWhole` does, and keeps its mode. Throws CniError 5, also where there is none. Without `sync` a crash of the process alone leaves one or the other. */
export async function rewriteWhole(path: string, text: string, sync = true): Promise<void> {
  await writeWhole(path, text, { mode: modeOf(path), sync })
}

function modeOf(path: string): number {
  try {
    return statSync(path).mode & 0o777
  } catch (error) {
    throw fileError('write', path, error)
  }
}
