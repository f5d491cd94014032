import { existsSync } from 'node:fs'
import { createWhole, makeFolder } from '@vethra/files'
import { readHead, writeHead } from './index-files.ts'
import type { Places } from './places.ts'

/** Makes a container's folder and its hosts file where they are missing. The lock has to be held. Throws CniError 5. */
export async function prepareFiles(
  places: Places,
  id: string,
  { initial, sync }: { readonly initial: string; readonly sync: boolean },
): Promise<void> {
  const head = existsSync(places.container(id)) ? undefined : readHead(places)
  await makeFolder(places.container(id), 0o700)
  await createWhole(places.hosts(id), initial, { mode: 0o644, sync })
  // Otherwise the index would not go with the folders any more, and the next operation look at all of them.
  if (head !== undefined) writeHead(places, [...head.idle, id])
}
