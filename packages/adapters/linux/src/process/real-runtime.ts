import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs'
import { CniError } from '@vethra/cni'

/**
 * The path of the OCI runtime to call: a path as it is, a name in the first folder of PATH that has it.
 * This executable is never taken, under whichever name: a link to it and a copy of it are passed over.
 * Throws CniError 100 where there is no other.
 */
export function findRuntime(name: string, path: string): string {
  const own = statSync('/proc/self/exe')
  const places = name.includes('/')
    ? [name]
    : path.split(':').map((each) => `${each || '.'}/${name}`)
  const programs = places.filter(isProgram)
  const found = programs.find((each) => !isOwn(each, own))
  if (found !== undefined) return found
  const itself = programs[0] === undefined ? '' : `: ${programs[0]} is Vethra itself`
  throw new CniError({
    code: 100,
    message: `cannot find the OCI runtime ${JSON.stringify(name.slice(0, 256))}${itself}`,
    hint: 'Install runc, or name another by VETHRA_RUNTIME, or by binary in [runtime] of vethra.toml.',
  })
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function isOwn(path: string, own: Stats): boolean {
  const { dev, ino, size } = statSync(path)
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
