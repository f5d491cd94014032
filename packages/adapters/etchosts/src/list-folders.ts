import { existsSync } from 'node:fs'
import { listContainers } from './list-containers.ts'
import type { Places } from './places.ts'
import { readNames } from './read-names.ts'

/** The peers' names of a container, from its own folder. */
export interface HostsFolder {
  readonly id: string
  /** `damaged` when there is a meta.json that cannot be used. */
  readonly names: 'none' | 'known' | 'damaged'
  /** Whether it is known without being in a network. */
  readonly withoutNetworks: boolean
}

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
