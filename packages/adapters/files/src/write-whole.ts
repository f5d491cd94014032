import { closeSync, constants, fchmodSync, fsync, openSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { faultPoint } from './faults/fault-point.ts'
import { errno, fileError } from './file-error.ts'
import { pidNamespace } from './pid-namespace.ts'
import { linkAt, renameOver } from './rename-over.ts'

/** How a file is written. */
export interface WriteOptions {
  /** The permission bits that the file gets, whatever the umask. */
  readonly mode: number
  /** Whether it has reached the disk when the promise resolves: two fsyncs, against a power cut. Default true. */
  readonly sync?: boolean
}

/** Replaces a file, a symbolic link or an empty folder by rename: readers see the old text or the new, after a crash too. Throws CniError 5. */
export async function writeWhole(path: string, text: string, options: WriteOptions): Promise<void> {
  try {
    await writeBeside(path, { text, ...options }, renameOver)
  } catch (error) {
    throw fileError('write', path, error)
  }
}

/** Makes the file appear complete, and only where nothing or an empty folder is; false when the path is taken. Throws CniError 5. */
export async function createWhole(
  path: string,
  text: string,
  options: WriteOptions,
): Promise<boolean> {
  try {
    // rename(2) would replace what is there; link(2) refuses.
    await writeBeside(path, { text, ...options }, (temporary) => {
      linkAt(temporary, path)
      rmSync(temporary, { force: true })
    })
    return true
  } catch (error) {
    if (errno(error) === 'EEXIST') return false
    throw fileError('create', path, error)
  }
}

/** Flushes a file that was written without `sync`, and its name. A missing draft is fine. Throws CniError 5 naming the path. */
export async function syncFile(path: string): Promise<void> {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      await toDisk(descriptor)
    } finally {
      closeSync(descriptor)
    }
    await syncFolder(dirname(path))
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw fileError('flush', path, error)
  }
}

interface Draft extends WriteOptions {
  readonly text: string
}

// Writes a temporary file beside a path, has `place` put it there, and removes it where that fails.
async function writeBeside(
  path: string,
  draft: Draft,
  place: (temporary: string, path: string) => void,
): Promise<void> {
  const temporary = await writeTemporary(path, draft)
  try {
    faultPoint('process', `has written what becomes ${path}`)
    place(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  if (draft.sync !== false) await syncFolder(dirname(path))
}

async function writeTemporary(path: string, { text, mode, sync = true }: Draft): Promise<string> {
  const { O_CREAT, O_EXCL, O_WRONLY } = constants
  const temporary = temporaryIn(dirname(path))
  faultPoint('write', path)
  const descriptor = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o600)
  try {
    writeFileSync(descriptor, text)
    fchmodSync(descriptor, mode)
    if (sync) await toDisk(descriptor)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
  return temporary
}

// The file's own name is left out: with a prefix it could pass 255 octets. The process is named, with its PID
// namespace, so that `removeAbandoned` finds the files of processes that have ended.
function temporaryIn(folder: string): string {
  return join(folder, `.tmp-${process.pid}-${pidNamespace()}-${crypto.randomUUID()}`)
}

/** A rename survives a power cut only once its folder is on disk: fsync(2), "NOTES". */
async function syncFolder(path: string): Promise<void> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await toDisk(descriptor)
  } catch (error) {
    // Some network and FUSE file systems know no fsync of a folder.
    if (errno(error) !== 'EINVAL') throw error
  } finally {
    closeSync(descriptor)
  }
}

// The disk alone is waited for by a thread: everything else is over before one would wake.
function toDisk(descriptor: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  fsync(descriptor, (error) => (error === null ? resolve() : reject(error)))
  return promise
}
