import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs'
import { noProgramError } from '@vethra/cni'

/** The path of the OCI runtime: a path as it is, a name by PATH; never this executable, nor its copies. Throws CniError 100 without one. */
export function findRuntime(name: string, path: string): string {
  const own = statSync('/proc/self/exe')
  const isPath = name.includes('/')
  let itself = ''
  for (const folder of isPath ? [''] : path.split(':')) {
    const place = isPath ? name : `${folder || '.'}/${name}`
    const status = programAt(place)
    if (status === undefined) continue
    if (!isOwn(place, status, own)) return place
    itself ||= `: ${place} is Vethra itself`
  }
  throw noProgramError(
    `cannot find the OCI runtime ${JSON.stringify(name.slice(0, 256))}${itself}`,
    'Install runc, or name another by VETHRA_RUNTIME, or by binary in [runtime] of vethra.toml.',
  )
}

function programAt(path: string): Stats | undefined {
  try {
    const status = statSync(path, { throwIfNoEntry: false })
    if (!status?.isFile()) return undefined
    accessSync(path, constants.X_OK)
    return status
  } catch {
    return undefined
  }
}

function isOwn(path: string, { dev, ino, size }: Stats, own: Stats): boolean {
  if (dev === own.dev && ino === own.ino) return true
  return size === own.size && endOf(path, size).equals(endOf('/proc/self/exe', size))
}

// Two of one length that end alike are one build: the end has our own code.
function endOf(path: string, size: number): Buffer {
  const end = Buffer.alloc(Math.min(size, 65_536))
  const descriptor = openSync(path, 'r')
  try {
    readSync(descriptor, end, 0, end.length, size - end.length)
    return end
  } finally {
    closeSync(descriptor)
  }
}
