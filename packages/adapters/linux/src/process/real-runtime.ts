import { CniError } from '@vethra/cni'
import { type FileStatus, isExecutable, readOctets, statusOf } from './libc-in-bun.ts'

/**
 * The path of the OCI runtime to call: a path as it is, a name in the first folder of PATH that has it.
 * This executable is never taken, under whichever name: a link to it and a copy of it are passed over.
 * Throws CniError 100 where there is no other.
 */
export function findRuntime(name: string, path: string): string {
  const places = name.includes('/')
    ? [name]
    : path.split(':').map((each) => `${each || '.'}/${name}`)
  const own = statusOf('/proc/self/exe')
  let itself = ''
  for (const place of places) {
    const status = programAt(place)
    if (status === undefined) continue
    if (!isOwn(place, status, own)) return place
    itself ||= `: ${place} is Vethra itself`
  }
  throw new CniError({
    code: 100,
    message: `cannot find the OCI runtime ${JSON.stringify(name.slice(0, 256))}${itself}`,
    hint: 'Install runc, or name another by VETHRA_RUNTIME, or by binary in [runtime] of vethra.toml.',
  })
}

function programAt(path: string): FileStatus | undefined {
  if (!isExecutable(path)) return undefined
  const status = statusOf(path)
  return status?.isRegular ? status : undefined
}

function isOwn(path: string, status: FileStatus, own: FileStatus | undefined): boolean {
  if (status.identity === own?.identity) return true
  const { size } = status
  return size === own?.size && isSame(endOf(path, size), endOf('/proc/self/exe', size))
}

// Two of one length that end alike are one build: the end has our own code.
function endOf(path: string, size: number): Uint8Array | undefined {
  return readOctets(path, Math.max(0, size - 65_536))
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || one.length !== other?.length) return false
  return one.every((octet, index) => octet === other[index])
}
