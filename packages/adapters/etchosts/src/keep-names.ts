import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  faultPoint,
  fileError,
  makeFolder,
  removeFile,
  renameOver,
  writeWhole,
} from '@vethra/files'
import { type ContainerNames, renderMeta } from '@vethra/names'
import { listContainers } from './list-containers.ts'
import type { Places } from './places.ts'

/** Writes a container's meta.json, 0600, by rename; removes it without names. Not synced in a network: its next start does. Throws CniError 5. */
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

/** The drafts of meta.json files: under the lock, those that writers which were killed have left. */
export function draftsOfNames(places: Places): readonly string[] {
  return listContainers(places)
    .map((id) => draftOf(places.meta(id)))
    .filter((each) => existsSync(each))
}

// The lock is held, so that nobody else has this temporary name; nerdctl's begin the same way.
function draftOf(path: string): string {
  return join(dirname(path), '.tmp-meta.json')
}

function replaceFile(path: string, text: string): void {
  const temporary = draftOf(path)
  try {
    faultPoint('write', path)
    writeFileSync(temporary, text, { mode: 0o600 })
    chmodSync(temporary, 0o600)
    faultPoint('process', `has written what becomes ${path}`)
    renameOver(temporary, path)
  } catch (error) {
    throw fileError('write', path, error)
  }
}
