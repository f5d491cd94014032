import { errorNumber, libc } from './libc-in-bun.ts'

const readOnly = 0o2000000
const writeOnly = 1 | readOnly
const longest = 4096

/** Writes settings below /proc/sys in the namespace of the calling thread; an errno for each, 0 when it was written. */
export function prepareWrites(
  writes: readonly { readonly key: string; readonly value: string }[],
): () => readonly number[] {
  const prepared = writes.map(({ key, value }) => ({
    path: pathOf(key),
    value: Buffer.from(value),
  }))
  const outcomes = new Array<number>(writes.length).fill(0)
  return () => {
    for (let at = 0; at < prepared.length; at += 1) {
      const one = prepared[at]
      if (one) outcomes[at] = writeOne(one.path, one.value)
    }
    return outcomes
  }
}

/** Reads settings below /proc/sys in the namespace of the calling thread; undefined for one that is missing. */
export function prepareReads(keys: readonly string[]): () => readonly (Buffer | undefined)[] {
  const prepared = keys.map((key) => ({ path: pathOf(key), buffer: Buffer.alloc(longest) }))
  return () => prepared.map(({ path, buffer }) => readOne(path, buffer))
}

function pathOf(key: string): Buffer {
  return Buffer.from(`/proc/sys/${key}\0`)
}

function writeOne(path: Buffer, value: Buffer): number {
  const descriptor = libc().open(path, writeOnly, 0)
  if (descriptor < 0) return errorNumber()
  const errno = libc().write(descriptor, value, value.length) < 0 ? errorNumber() : 0
  libc().close(descriptor)
  return errno
}

function readOne(path: Buffer, buffer: Buffer): Buffer | undefined {
  const descriptor = libc().open(path, readOnly, 0)
  if (descriptor < 0) return undefined
  const length = Number(libc().read(descriptor, buffer, buffer.length))
  libc().close(descriptor)
  return length < 0 ? undefined : buffer.subarray(0, length)
}
