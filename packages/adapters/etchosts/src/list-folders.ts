import { existsSync } from 'node:fs'
import type { HostsFolder } from '@vethra/world'
import { listContainers } from './list-containers.ts'
import type { Places } from './places.ts'
import { readNames } from './read-names.ts'

/** The folders of all containers, ascending by id. Throws CniError 5. */
export function listHostsFolders(places: Places): readonly HostsFolder[] {
  return listContainers(places).map((id) => {
    const names = readNames(places, id)
    if (names === undefined) {
      return { id, names: existsSync(places.meta(id)) ? 'damaged' : 'none', withoutNetworks: false }
    }
    const withoutNetworks = Object.keys(names.networks ?? {}).length === 0
    return { id, names: 'known', withoutNetworks }
  })
}
