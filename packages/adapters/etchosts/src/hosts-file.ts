import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, writeSync } from 'node:fs'
import { type CniError, invalidFileError, ioError } from '@vethra/cni'
import { createWhole, errno, faultPoint, fileError, type StampedText } from '@vethra/files'
import {
  type Excess,
  fitHosts,
  type HostsFit,
  hostsLimit,
  type LineBlock,
  type Patch,
} from '@vethra/names'
import type { ReadOctets } from './octet-reader.ts'
import { openHosts, stampAt, stampOf } from './seen-hosts.ts'

interface UpdateOptions {
  /** Whether the change has to outlive a power cut. */
  readonly durable: boolean
  /** The stamp of the file when we wrote it last. */
  readonly ours: string | undefined
  /** The file as it was read without the lock. */
  readonly seen: StampedText | undefined
  /** From `octetReader`, the same for all files of an operation. */
  readonly read: ReadOctets
  /** Told of a file that held too much, so that nothing of its text was kept. */
  readonly onExcess: (fault: CniError) => void
}

/** The stamp of a hosts file that is as it is to be; or the limit for reading it, since others have written to it. */
type Update = { readonly stamp: string | undefined } | { readonly unread: number }

/** Gives a hosts file these managed lines in place, where it differs; a missing one is made, 0644, an unseen one not read. Throws CniError 5. */
export async function updateHostsFile(
  path: string,
  blocks: readonly LineBlock[],
  options: UpdateOptions,
): Promise<Update> {
  try {
    const update = updateInPlace(path, blocks, options)
    if (update !== undefined) return update
    const text = fitHosts('', blocks).patches.map((patch) => patch.text)
    await createWhole(path, text.join(''), { mode: 0o644 })
    return { stamp: stampAt(path) }
  } catch (error) {
    // fcntl(2), "Leases": a file's own user may hold one, and root in a container is that.
    if (errno(error) === 'EAGAIN') return { unread: hostsLimit(blocks) }
    throw fileError('update', path, error)
  }
}

/** Undefined when there is no file. */
function updateInPlace(
  path: string,
  blocks: readonly LineBlock[],
  options: UpdateOptions,
): Update | undefined {
  const descriptor = openHosts(path, constants.O_RDWR)
  if (descriptor === undefined) return undefined
  try {
    const limit = hostsLimit(blocks)
    const stamp = stampOf(descriptor)
    if (stamp === undefined)
      throw ioError(
        `cannot update ${path}: it is not a regular file`,
        'Remove it: the container gets a new one when it is started again.',
      )
    const { size } = fstatSync(descriptor)
    const old = size > limit ? '' : textOf(descriptor, { stamp, size }, options)
    if (old === undefined) return { unread: limit }
    const fit = fitHosts(old, blocks, size)
    // Someone else may have written meanwhile: our text could land in the wrong place.
    if (fit.patches.length > 0 && stampOf(descriptor) !== stamp) return { unread: limit }
    apply({ path, descriptor, size }, fit)
    if (fit.excess !== undefined) options.onExcess(rewritten(path, fit.excess))
    if (options.durable) fdatasyncSync(descriptor)
    return { stamp: stampOf(descriptor) }
  } finally {
    closeSync(descriptor)
  }
}

function textOf(
  descriptor: number,
  now: { readonly stamp: string; readonly size: number },
  { ours, seen, read }: UpdateOptions,
): string | undefined {
  if (seen?.stamp === now.stamp) return seen.text
  return ours === now.stamp ? read(descriptor, now.size) : undefined
}

/** A hosts file that is open, and its size before anything is written. */
interface OpenHosts {
  readonly path: string
  readonly descriptor: number
  readonly size: number
}

function apply(file: OpenHosts, fit: HostsFit): void {
  for (const patch of fit.patches) {
    faultPoint('write', `in place to ${file.path}`)
    write(file.descriptor, patch)
  }
  if (fit.patches.length > 0 && fit.size < file.size) cut(file, fit)
}

/** Cuts off the empty lines at the end, but not what a container has put behind them meanwhile. */
function cut({ path, descriptor, size }: OpenHosts, fit: HostsFit): void {
  faultPoint('process', `has written ${path}`)
  const isAsKnown = fstatSync(descriptor).size === size
  if (fit.excess !== undefined || isAsKnown) ftruncateSync(descriptor, fit.size)
}

function write(descriptor: number, { at, text }: Patch): void {
  const octets = Buffer.from(text, 'latin1')
  let done = 0
  while (done < octets.length) {
    done += writeSync(descriptor, octets, done, octets.length - done, at + done)
  }
}

function rewritten(path: string, { part, octets, limit }: Excess): CniError {
  return invalidFileError(
    `rewrote ${path}: its ${part} had ${octets} octets, more than ${limit}`,
    'Look at what the container writes into its hosts file.',
  )
}
