import { readFileSync } from 'node:fs'
import { ioError } from '@vethra/cni'

/** The tables of iptables-legacy in this network namespace; none where the kernel hides them (user namespaces). Throws CniError 5. */
export function legacyTables(family: 'ip' | 'ip6'): readonly string[] {
  const file = `/proc/net/${family}_tables_names`
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES') return []
    throw ioError(`cannot read ${file}`, { cause })
  }
}
