import { closeSync, constants, lstatSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CniError, checkNetworkName, invalidFileError } from '@vethra/cni'
import { failure, hasCode, isMissing } from './failure.ts'

/** The folder of a network's reservations; `undefined` when missing. Throws CniError 7 for an invalid name, 107 for what is not a folder. */
export async function networkFolder(dataDir: string, network: string): Promise<string | undefined> {
  checkNetworkName(network)
  for (const folder of [dataDir, join(dataDir, network)]) {
    try {
      if (!lstatSync(folder).isDirectory()) throw notFolder(folder)
    } catch (cause) {
      if (isMissing(cause)) return undefined
      if (cause instanceof CniError) throw cause
      throw failure(`look at ${folder}`, cause)
    }
  }
  return join(dataDir, network)
}

/** Makes a network's folder and its lock as host-local does. Throws CniError 7 for the name, 107 for a link or file in their place, 5. */
export function makeNetworkFolder(dataDir: string, lock: string): void {
  const folder = dirname(lock)
  makeFolder(dataDir)
  makeFolder(folder)
  try {
    const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
    closeSync(openSync(lock, O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o750))
  } catch (cause) {
    if (hasCode(cause, 'ELOOP'))
      throw invalidFileError(`cannot use ${lock}: it is a symbolic link`, 'Remove it.')
    throw failure(`open ${lock}`, cause)
  }
}

function makeFolder(folder: string): void {
  try {
    const there = lstatSync(folder, { throwIfNoEntry: false })
    if (there === undefined) mkdirSync(folder, { recursive: true, mode: 0o755 })
    else if (!there.isDirectory()) throw notFolder(folder)
  } catch (cause) {
    if (cause instanceof CniError) throw cause
    throw failure(`make ${folder}`, cause)
  }
}

function notFolder(folder: string): CniError {
  return invalidFileError(
    `cannot use ${folder}: it is not a folder`,
    'Move it away, or name another dataDir: reservations are kept in a real folder, not behind a link.',
  )
}
