import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { faultPoint, fileError, makeFolder, removeFile, writeWhole } from '@vethra/files'
import { type ContainerNames, renderMeta } from '@vethra/names'
import type { Places } from './places.ts'

/**
 * Writes a container's meta.json, 0600, by rename; removes it without names. Without fsync(2) where the container is in a
 * network: after a power cut its next start writes the file again, and until then a damaged one counts as missing. Throws
 * CniError 5.
 */
export async function keepNames(
  places: Places,
  id: string,
  names: ContainerNames | undefined,
): Promise<void> {
  if (names === undefined) {
    await removeFile(places.meta(id))
    return
  }
  await makeFolder(places.container(id), 0o700)
  if (names.networks === null) await writeWhole(places.meta(id), renderMeta(names), { mode: 0o600 })
  else replaceFile(places.meta(id), renderMeta(names))
}

// The lock is held, so that nobody else has this temporary name; nerdctl's begin the same way.
function replaceFile(path: string, text: string): void {
  const temporary = join(dirname(path), '.tmp-meta.json')
  try {
    faultPoint('write', path)
    writeFileSync(temporary, text, { mode: 0o600 })
    chmodSync(temporary, 0o600)
    faultPoint('process', `has written what becomes ${path}`)
    renameSync(temporary, path)
  } catch (error) {
    throw fileError('write', path, error)
  }
}
