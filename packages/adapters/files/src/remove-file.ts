import { lstatSync, rmdirSync, unlinkSync } from 'node:fs'
import { faultPoint } from './faults/fault-point.ts'
import { errno, fileError } from './file-error.ts'

/** Removes a file, an empty folder in its place, or a symbolic link and not what it names. False when there is none, or a folder that holds something. Throws CniError 5. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    faultPoint('remove', path)
    removeAny(path)
    return true
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTEMPTY') return false
    // Where nothing can be written the kernel does not look whether there is a file.
    if (errno(error) === 'EROFS' && !lstatSync(path, { throwIfNoEntry: false })) return false
    throw fileError('remove', path, error)
  }
}

function removeAny(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (errno(error) !== 'EISDIR') throw error
    rmdirSync(path)
  }
}
