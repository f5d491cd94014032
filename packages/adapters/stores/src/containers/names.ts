import { join } from 'node:path'
import { checkPathComponent, guards, inUseError } from '@vethra/cni'
import {
  listFolder,
  makeFolder,
  readOwn,
  removeAbandoned,
  removeFile,
  writeWhole,
} from '@vethra/files'
import type { Lock, TakenNames } from '@vethra/world'
import { unlessDamaged } from './state.ts'

/** Names in `DATA_STORE/names/NAMESPACE`, a file each. `sync`: a name reaches the disk before it is claimed. */
export function names(options: {
  readonly dataStore: string
  readonly namespace: string
  readonly lock: Lock
  readonly sync: boolean
}): TakenNames {
  const { dataStore, namespace, lock, sync } = options
  const folder = guards.names({ dataStore }, namespace)
  const path = (name: string): string => {
    checkPathComponent('name', name)
    return join(folder, name)
  }
  return {
    async claimName(name, id) {
      const file = path(name)
      checkPathComponent('container id', id)
      // The lock is taken on the folder itself, as nerdctl does, so it has to be there first.
      await makeFolder(folder, 0o700)
      await lock.hold(folder, async () => {
        await removeAbandoned(folder)
        await claim(file, { name, id, sync })
      })
    },

    async releaseName(name, id) {
      const file = path(name)
      if ((await holderIn(file)) !== id) return
      await lock.hold(folder, async () => {
        if ((await holderIn(file)) === id) await removeFile(file)
      })
    },

    nameHolder: async (name) => await holderIn(path(name)),

    async heldNames() {
      const all = await listFolder(folder)
      const ids = await Promise.all(all.map((name) => unlessDamaged(holderIn(join(folder, name)))))
      return all.flatMap((name, index) => {
        const id = ids[index]
        return id === undefined ? [] : [{ name, id }]
      })
    },
  }
}

interface Claim {
  readonly name: string
  readonly id: string
  readonly sync: boolean
}

async function claim(file: string, { name, id, sync }: Claim): Promise<void> {
  // What can be no id is no container's.
  const holder = await unlessDamaged(holderIn(file))
  if (holder === id) return
  if (holder !== undefined)
    throw inUseError(
      `name ${JSON.stringify(name)} is already used by ID ${JSON.stringify(holder)}`,
      'Choose another name, or remove that container.',
    )
  await writeWhole(file, id, { mode: 0o600, sync })
}

async function holderIn(file: string): Promise<string | undefined> {
  const holder = readOwn(file)?.trim()
  if (holder === undefined || holder === '') return undefined
  checkPathComponent(`container id in ${file}`, holder)
  return holder
}
