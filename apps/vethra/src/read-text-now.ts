import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import { CniError, ioError } from '@vethra/cni'

/** The text of a file; undefined where there is none. Throws CniError 5 for one that cannot be read, is not a regular file, or is larger than 16 MiB. */
export function readTextNow(path: string): string | undefined {
  try {
    // Most hosts have no vethra.toml, and an error takes 0.1 ms of each start.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
    return readRegular(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw ioError(`cannot read ${path}`, { cause })
  }
}

/** The text of a config.json; empty for one that cannot be read, which the OCI runtime reports. Throws CniError 5 beyond 64 MiB. */
export function readConfigNow(path: string): string {
  try {
    // One that is too large to be prepared asks for something all the same.
    return readRegular(path, 4 * largest)
  } catch (cause) {
    if (!(cause instanceof CniError)) return ''
    // Nobody can tell whether it asks for something.
    throw ioError(`cannot read ${path}`, {
      cause,
      hint: 'Make it smaller, or start the container with the real runtime.',
    })
  }
}

// Of what was opened, and not of what is at the path by then; a FIFO is not waited for.
function readRegular(path: string, most = largest): string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const about = fstatSync(descriptor)
    if (!about.isFile()) throw new Error('it is not a regular file')
    if (about.size > most) throw ioError(`it is larger than ${most} octets`)
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

const largest = 16 * 1024 * 1024
