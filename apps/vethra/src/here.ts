import { existsSync } from 'node:fs'
import { type LockPlaces, present, resolverFile } from '@vethra/cni'
import { loadSettings } from '@vethra/engine/prepared-start'
import { readText } from '@vethra/files'
import type { Here, Io } from '@vethra/world'
import { homes } from './folders-here.ts'

/** The host that this process runs on, as an app whose name events bear. Adapters are loaded as far as the app asks for them. */
export function here(io: Io, app: string, lasting = true): Here {
  const world: Here['world'] = async (resolved, hearer) => {
    const { worldHere } = await import('./world-here.ts')
    const made = await worldHere(resolved, hearer, { ...io, app, lasting })
    // Its resolver runs, or was killed: then the next command, whichever it is, has containers ask others.
    if (hasResolver(made.places))
      await (await import('./mend-here.ts')).mendLeftResolver({ ...made, ...hearer })
    return made
  }
  return {
    settings: (flags, defaultDataRoot) =>
      loadSettings({
        flags,
        env: io.env,
        read: readText,
        existing: existsSync,
        homes,
        ...present({ defaultDataRoot }),
      }),
    world,
    lists: async (resolved, hearer) => {
      const { listsHere } = await import('./lists-here.ts')
      const { places, lists } = await listsHere(resolved, hearer, lasting)
      return hasResolver(places) ? world(resolved, hearer) : lists
    },
  }
}

// Most hosts have none of any data store: then the own one, which takes longer to find, is not asked for.
function hasResolver(places: LockPlaces): boolean {
  return existsSync(`${places.runtime}/dns`) && existsSync(resolverFile(places))
}
