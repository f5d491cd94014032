import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { CniError, checkNetworkName } from '@vethra/spec'
import { failure, isMissing } from './failure.ts'

/**
 * The folder of a network's reservations; `undefined` when there is none. Throws CniError 7 for a
 * name that no network can have, 107 when something else than a folder stands there.
 */
export async function networkFolder(dataDir: string, network: string): Promise<string | undefined> {
  checkNetworkName(network)
  const folder = join(dataDir, network)
  try {
    if ((await lstat(folder)).isDirectory()) return folder
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw failure(`look at ${folder}`, cause)
  }
  throw new CniError({
    code: 107,
    message: `cannot use ${folder}: it is no folder`,
    hint: 'Move it away: reservations are kept in a real folder, not behind a link.',
  })
}
