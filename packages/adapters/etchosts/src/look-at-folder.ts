import { existsSync } from 'node:fs'
import { fitHosts, hostsLimit, managedBlocks, nameBook } from '@vethra/names'
import type { HostsFolder } from '@vethra/world'
import { octetReader } from './octet-reader.ts'
import type { Places } from './places.ts'
import { knownNames, readNames } from './read-names.ts'
import { readHosts } from './seen-hosts.ts'

/** The folder of a container, and what its peers know of it. Throws CniError 5. */
export function lookAtFolder(places: Places, id: string): HostsFolder {
  const names = readNames(places, id)
  if (names === undefined)
    return { id, names: existsSync(places.meta(id)) ? 'damaged' : 'none', networks: [] }
  return { id, names: 'known', networks: Object.keys(names.networks ?? {}) }
}

/** The ids of known containers whose hosts files can be read and do not say what is known, ascending. */
export function staleHosts(places: Places): readonly string[] {
  const all = knownNames(places)
  const [book, read] = [nameBook(all), octetReader()]
  const stale = all.filter((names) => {
    const blocks = managedBlocks(names, book)
    const seen = readHosts(places.hosts(names.id), hostsLimit(blocks), read)
    return seen !== undefined && fitHosts(seen.text, blocks).patches.length > 0
  })
  return stale.map(({ id }) => id)
}
