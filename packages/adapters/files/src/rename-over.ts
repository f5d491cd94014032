import { linkSync, renameSync, rmdirSync } from 'node:fs'
import { errno } from './file-error.ts'

/** rename(2) over a file, a symbolic link or an empty folder. Throws the system's error, EISDIR for a folder that holds something. */
export function renameOver(temporary: string, path: string): void {
  placeOver(path, 'EISDIR', () => renameSync(temporary, path))
}

/** link(2) where nothing is at the path, or an empty folder; throws the system's error, EEXIST where something is. */
export function linkAt(temporary: string, path: string): void {
  placeOver(path, 'EEXIST', () => linkSync(temporary, path))
}

function placeOver(path: string, inTheWay: string, place: () => void): void {
  try {
    place()
  } catch (error) {
    if (errno(error) !== inTheWay || !removeEmpty(path)) throw error
    place()
  }
}

function removeEmpty(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    if (errno(error) === 'ENOTEMPTY' || errno(error) === 'ENOTDIR') return false
    if (errno(error) === 'ENOENT') return true
    throw error
  }
}
