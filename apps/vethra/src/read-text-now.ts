import { readFileSync, statSync } from 'node:fs'
import { CniError } from '@vethra/cni'

/** The text of a file; undefined where there is none. Throws CniError 5 for one that cannot be read. */
export function readTextNow(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new CniError({ code: 5, message: `cannot read ${path}`, cause })
  }
}

/** The text of a config.json; empty for one that cannot be read or is larger than 16 MiB: the OCI runtime reports it. */
export function readConfigNow(path: string): string {
  try {
    const about = statSync(path)
    return about.isFile() && about.size <= largest ? readFileSync(path, 'utf8') : ''
  } catch {
    return ''
  }
}

const largest = 16 * 1024 * 1024
