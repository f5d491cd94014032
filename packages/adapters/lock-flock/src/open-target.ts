import { constants, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { type CniError, ioError, systemHint } from '@vethra/cni'

/** Opens what is to be locked, made if missing; the descriptor is not inherited by children. Throws CniError 5. */
export function openTarget(path: string): number {
  try {
    return openOrMake(path)
  } catch (error) {
    if (!is(error, 'ENOENT')) throw cannotOpen(path, error)
  }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openOrMake(path)
  } catch (error) {
    throw cannotOpen(path, error)
  }
}

function openOrMake(path: string): number {
  const { O_CREAT, O_DIRECTORY, O_NONBLOCK, O_RDONLY } = constants
  try {
    return openSync(path, O_RDONLY | O_CREAT | O_NONBLOCK, 0o600)
  } catch (error) {
    // Linux takes no O_CREAT for a folder, not even for one that exists.
    if (!is(error, 'EISDIR')) throw error
    return openSync(path, O_RDONLY | O_DIRECTORY)
  }
}

function is(error: unknown, code: string): boolean {
  return (error as { code?: unknown }).code === code
}

function cannotOpen(path: string, cause: unknown): CniError {
  const hint = systemHint(cause)
  return ioError(`cannot open ${path} to lock it`, { cause, hint })
}
