import { closeSync, constants, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs'
import { faultPoint } from '@vethra/faults'
import { createWhole, fileError } from '@vethra/files'
import { fitHosts, type LineBlock, type Patch } from '@vethra/hosts'
import { CniError } from '@vethra/spec'
import type { ReadOctets } from './octet-reader.ts'

/** A container can fill its own file; one of this size in octets is not read any more. */
const limit = 4 * 1024 * 1024

/** How often a file is read anew when a container writes to it in the meantime. */
const attempts = 3

/** How a hosts file is updated. */
export interface UpdateOptions {
  /** Whether the change has to outlive a power cut. */
  readonly durable: boolean
  /** From `octetReader`, the same for all files of an operation. */
  readonly read: ReadOctets
}

/**
 * Gives a hosts file these managed lines, in place, and only where it differs. A file that is gone is
 * made anew, 0644. Throws CniError 5 naming the path.
 */
export async function updateHostsFile(
  path: string,
  blocks: readonly LineBlock[],
  options: UpdateOptions,
): Promise<void> {
  try {
    if (updateInPlace(path, blocks, options)) return
    const text = fitHosts('', blocks).map((patch) => patch.text)
    await createWhole(path, text.join(''), { mode: 0o644 })
  } catch (error) {
    throw fileError('update', path, error)
  }
}

/** False when there is no file. */
function updateInPlace(
  path: string,
  blocks: readonly LineBlock[],
  { durable, read }: UpdateOptions,
): boolean {
  const descriptor = openFile(path)
  if (descriptor === undefined) return false
  try {
    const plan = (size: number) => fitHosts(read(descriptor, size), blocks)
    let attempt = 1
    while (!tryUpdate(path, descriptor, plan, attempt === attempts)) attempt += 1
    if (durable) fdatasyncSync(descriptor)
    return true
  } finally {
    closeSync(descriptor)
  }
}

function openFile(path: string): number | undefined {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants
  try {
    return openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** False when someone else wrote between our reading and our writing: our text could land in the wrong place. */
function tryUpdate(
  path: string,
  descriptor: number,
  plan: (size: number) => readonly Patch[],
  anyway: boolean,
): boolean {
  const before = fstatSync(descriptor)
  if (!before.isFile()) throw unfit(path, 'it is no regular file')
  if (before.size > limit) throw unfit(path, `it is larger than ${limit} octets`)
  const patches = plan(before.size)
  if (patches.length === 0) return true
  const now = fstatSync(descriptor)
  if (!anyway && (now.mtimeMs !== before.mtimeMs || now.size !== before.size)) return false
  for (const patch of patches) {
    faultPoint('write', `in place to ${path}`)
    write(descriptor, patch)
  }
  return true
}

function write(descriptor: number, { at, text }: Patch): void {
  const octets = Buffer.from(text, 'latin1')
  let done = 0
  while (done < octets.length) {
    done += writeSync(descriptor, octets, done, octets.length - done, at + done)
  }
}

function unfit(path: string, fault: string): CniError {
  return new CniError({
    code: 5,
    message: `cannot update ${path}: ${fault}`,
    hint: 'Remove it: the container gets a new one when it is started again.',
  })
}
