import { statSync } from 'node:fs'
import { fileError } from './file-error.ts'
import { writeWhole } from './write-whole.ts'

/** Replaces a file whole, as `writeWhole` does, and keeps its mode. Throws CniError 5, also where there is none. */
export async function rewriteWhole(path: string, text: string): Promise<void> {
  await writeWhole(path, text, { mode: modeOf(path) })
}

function modeOf(path: string): number {
  try {
    return statSync(path).mode & 0o777
  } catch (error) {
    throw fileError('write', path, error)
  }
}
