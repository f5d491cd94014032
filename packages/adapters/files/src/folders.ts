import { chmodSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { faultPoint } from './faults/fault-point.ts'
import { errno, fileError } from './file-error.ts'

/** Makes a folder and those missing above it with `mode`, whatever the umask; an existing one keeps its mode. Throws CniError 5. */
export async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await make(path, mode)
  } catch (error) {
    throw fileError('make the folder', path, error)
  }
}

/** Removes a folder and all below it, following no symbolic link. False when there is none. Throws CniError 5. */
export async function removeFolder(path: string): Promise<boolean> {
  try {
    faultPoint('remove', path)
    rmSync(path, { recursive: true })
    return true
  } catch (error) {
    if (errno(error) === 'ENOENT') return false
    throw fileError('remove the folder', path, error)
  }
}

/** The names in a folder, ascending by octets, without drafts (`.tmp-`); empty when there is none. Throws CniError 5. */
export async function listFolder(path: string): Promise<readonly string[]> {
  return inOrder(listed(path, () => readdirSync(path)))
}

/** As `listFolder`, but only the names of folders; a symbolic link to a folder is none. */
export async function listFolders(path: string): Promise<readonly string[]> {
  return foldersIn(path)
}

/** As `listFolders`, at once. */
export function foldersIn(path: string): readonly string[] {
  const entries = listed(path, () => readdirSync(path, { withFileTypes: true }))
  return inOrder(entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name))
}

async function make(path: string, mode: number): Promise<void> {
  try {
    await makeOne(path, mode)
  } catch (error) {
    if (errno(error) !== 'ENOENT' || dirname(path) === path) throw error
    await make(dirname(path), mode)
    await makeOne(path, mode)
  }
}

async function makeOne(path: string, mode: number): Promise<void> {
  // Nearly always it is there, and asking takes less than a failure.
  if (isFolder(path)) return
  try {
    mkdirSync(path, mode)
  } catch (error) {
    if (errno(error) === 'EEXIST' && isFolder(path)) return
    throw error
  }
  // mkdir(2) takes the umask off the mode.
  chmodSync(path, mode)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function listed<T>(path: string, list: () => readonly T[]): readonly T[] {
  try {
    return list()
  } catch (error) {
    if (errno(error) === 'ENOENT') return []
    throw fileError('list the folder', path, error)
  }
}

function inOrder(names: readonly string[]): readonly string[] {
  return byOctets(names.filter((name) => !name.startsWith('.tmp-')))
}

/** Texts in ascending order of their octets in UTF-8, as Go sorts them. */
export function byOctets(texts: readonly string[]): readonly string[] {
  // Only surrogates are ordered otherwise in UTF-16 than in UTF-8, and its order costs far less.
  if (!texts.some((text) => /[\ud800-\udfff]/.test(text))) return [...texts].sort()
  return [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/** A path without symbolic links; as it is where it does not exist. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
