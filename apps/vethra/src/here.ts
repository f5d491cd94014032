import { existsSync } from 'node:fs'
import { present, resolverFile } from '@vethra/cni'
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
    if (existsSync(resolverFile(made.places)))
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
      return existsSync(resolverFile(places)) ? world(resolved, hearer) : lists
    },
  }
}
