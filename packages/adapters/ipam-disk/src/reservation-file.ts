import {
  closeSync,
  constants,
  copyFileSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { failure, hasCode, isMissing, namesIn, removeFile } from './failure.ts'

/** The octets of a file that are looked at: host-local allows any id, but what is longer than a page is not one of ours. */
export const longest = 4096

const buffer = Buffer.alloc(longest)

/** The beginning of a regular file, trimmed as host-local compares it; undefined when there is none. Follows no link, waits for no pipe. */
export function readTrimmed(path: string): string | undefined {
  return readBeginning(path)?.toString('utf8').trim()
}

/** As `readTrimmed`, but the octets untrimmed, in a buffer that the next call writes over. */
export function readBeginning(path: string): Buffer | undefined {
  try {
    return beginningOf(path)
  } catch (cause) {
    const others = ['ELOOP', 'EISDIR', 'ENXIO', 'EAGAIN', 'ESPIPE']
    const passedOver = others.some((code) => hasCode(cause, code))
    if (isMissing(cause) || passedOver) return undefined
    throw failure(`read ${path}`, cause)
  }
}

function beginningOf(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    return buffer.subarray(0, readSync(file, buffer, 0, longest, 0))
  } finally {
    closeSync(file)
  }
}

/** Writes a file in host-local's mode, beside the network's folder: Go's host-local reads every file inside. `mark` names its writer. */
export function writeDraft(dataDir: string, mark: string, text: string): string {
  const path = join(dataDir, `${mark}${process.pid}-${process.hrtime.bigint()}`)
  try {
    const { O_CREAT, O_EXCL, O_WRONLY } = constants
    const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    try {
      const octets = Buffer.from(text)
      for (let done = 0; done < octets.length; ) done += writeSync(file, octets, done)
    } catch (cause) {
      removeFile(path)
      throw cause
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw failure(`write ${path}`, cause)
  }
  return path
}

/** Removes what killed writers left under a mark. Only while others with the same mark are kept away. */
export function removeDrafts(dataDir: string, mark: string): void {
  for (const name of namesIn(dataDir)) {
    if (name.startsWith(mark)) removeFile(join(dataDir, name))
  }
}

/** Gives a draft its name, complete; false when the name is taken. This, and no lock, is what keeps an address from two holders. */
export function publishDraft(draft: string, path: string): boolean {
  try {
    orAcrossMounts(
      () => linkSync(draft, path),
      () => copyFileSync(draft, path, constants.COPYFILE_EXCL),
    )
    return true
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) return false
    throw failure(`reserve ${path}`, cause)
  }
}

// Where the network's folder is a mount of its own, a file is made there and then written, as by host-local.
function orAcrossMounts(move: () => void, copy: () => void): void {
  try {
    move()
  } catch (cause) {
    if (!hasCode(cause, 'EXDEV')) throw cause
    copy()
  }
}

/** Replaces a file by a text, whole. */
export function replaceWhole(
  { dataDir, mark }: { readonly dataDir: string; readonly mark: string },
  path: string,
  text: string,
): void {
  const draft = writeDraft(dataDir, mark, text)
  try {
    orAcrossMounts(
      () => renameSync(draft, path),
      () => {
        copyFileSync(draft, path)
        unlinkSync(draft)
      },
    )
  } catch (cause) {
    removeFile(draft)
    throw failure(`write ${path}`, cause)
  }
}

/** The text of a small regular file, untrimmed; undefined when there is none, or it can't be read. */
export function readSmall(path: string): string | undefined {
  try {
    return beginningOf(path).toString('utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) return undefined
    throw cause
  }
}
