import { existsSync } from 'node:fs'
import type { HostsFolder } from '@vethra/world'
import type { Places } from './places.ts'
import { readNames } from './read-names.ts'

/** The folder of a container, and what its peers know of it. Throws CniError 5. */
export function lookAtFolder(places: Places, id: string): HostsFolder {
  const names = readNames(places, id)
  if (names === undefined) {
    return { id, names: existsSync(places.meta(id)) ? 'damaged' : 'none', withoutNetworks: false }
  }
  const withoutNetworks = Object.keys(names.networks ?? {}).length === 0
  return { id, names: 'known', withoutNetworks }
}
