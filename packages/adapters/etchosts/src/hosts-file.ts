import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  writeSync,
} from 'node:fs'
import { CniError } from '@vethra/cni'
import { faultPoint } from '@vethra/faults'
import { createWhole, fileError } from '@vethra/files'
import {
  type Excess,
  fitHosts,
  type HostsFit,
  hostsLimit,
  type LineBlock,
  type Patch,
} from '@vethra/names'
import type { ReadOctets } from './octet-reader.ts'

/** The number of times a file is read again when a container writes to it in the meantime. */
const attempts = 3

/** How a hosts file is updated. */
export interface UpdateOptions {
  /** Whether the change has to outlive a power cut. */
  readonly durable: boolean
  /** From `octetReader`, the same for all files of an operation. */
  readonly read: ReadOctets
  /** Told of a file that held too much, so that nothing of its text was kept. */
  readonly onExcess: (fault: CniError) => void
}

/**
 * Gives a hosts file these managed lines, in place, and only where it differs. A missing file is
 * created, 0644. A container can fill its own file: no more than `hostsLimit` octets of it are
 * read. Throws CniError 5 naming the path.
 */
export async function updateHostsFile(
  path: string,
  blocks: readonly LineBlock[],
  options: UpdateOptions,
): Promise<void> {
  try {
    if (updateInPlace(path, blocks, options)) return
    const text = fitHosts('', blocks).patches.map((patch) => patch.text)
    await createWhole(path, text.join(''), { mode: 0o644 })
  } catch (error) {
    throw fileError('update', path, error)
  }
}

/** False when there is no file. */
function updateInPlace(
  path: string,
  blocks: readonly LineBlock[],
  { durable, read, onExcess }: UpdateOptions,
): boolean {
  const descriptor = openFile(path)
  if (descriptor === undefined) return false
  try {
    const limit = hostsLimit(blocks)
    const plan = (size: number) =>
      fitHosts(size > limit ? '' : read(descriptor, size), blocks, size)
    let fit: HostsFit | undefined
    for (let attempt = 1; fit === undefined; attempt += 1)
      fit = tryUpdate(path, descriptor, plan, attempt === attempts)
    if (fit.excess !== undefined) onExcess(rewritten(path, fit.excess))
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

/** Undefined when someone else wrote between our reading and our writing: our text could land in the wrong place. */
function tryUpdate(
  path: string,
  descriptor: number,
  plan: (size: number) => HostsFit,
  anyway: boolean,
): HostsFit | undefined {
  const before = fstatSync(descriptor)
  if (!before.isFile()) throw irregular(path)
  const fit = plan(before.size)
  if (fit.patches.length === 0) return fit
  const now = fstatSync(descriptor)
  if (!anyway && (now.mtimeMs !== before.mtimeMs || now.size !== before.size)) return undefined
  for (const patch of fit.patches) {
    faultPoint('write', `in place to ${path}`)
    write(descriptor, patch)
  }
  if (fit.size < before.size) cut(path, descriptor, fit, before.size)
  return fit
}

/** Cuts off the empty lines at the end, but not what a container has put behind them meanwhile. */
function cut(path: string, descriptor: number, { size, excess }: HostsFit, known: number): void {
  faultPoint('process', `has written ${path}`)
  if (excess !== undefined || fstatSync(descriptor).size === known) ftruncateSync(descriptor, size)
}

function write(descriptor: number, { at, text }: Patch): void {
  const octets = Buffer.from(text, 'latin1')
  let done = 0
  while (done < octets.length) {
    done += writeSync(descriptor, octets, done, octets.length - done, at + done)
  }
}

function irregular(path: string): CniError {
  return new CniError({
    code: 5,
    message: `cannot update ${path}: it is no regular file`,
    hint: 'Remove it: the container gets a new one when it is started again.',
  })
}

function rewritten(path: string, { part, octets, limit }: Excess): CniError {
  return new CniError({
    code: 107,
    message: `rewrote ${path}: its ${part} had ${octets} octets, more than ${limit}`,
    hint: 'Look at what the container writes into its hosts file.',
  })
}
