import { join } from 'node:path'
import { diskHostsStore } from '../packages/adapters/etchosts/src/index.ts'
import type { ContainerNames } from '../packages/core/names/src/index.ts'
import { nerdctlWay } from './nerdctl.ts'

/** Makes a container come, or go, in the files below a folder. */
export interface Way {
  readonly name: string
  readonly folder: string
  readonly join: (names: ContainerNames) => Promise<void>
  readonly leave: (id: string) => Promise<void>
}

// One process, one operation at a time: taking the lock is measured apart.
const noLock = { hold: <T>(_path: string, work: () => Promise<T>): Promise<T> => work() }

/** The ways that are compared, each with files of its own below `dir`: ours, and nerdctl's. */
export function waysIn(dir: string): readonly [Way, Way] {
  const folders = [join(dir, 'ours', 'default'), join(dir, 'theirs', 'default')] as const
  const store = diskHostsStore({ dir: join(dir, 'ours'), namespace: 'default', lock: noLock })
  const way = nerdctlWay(folders[1], join(dir, 'operations'))
  return [
    { name: 'vethra', folder: folders[0], join: store.acquire, leave: store.release },
    {
      name: "nerdctl's way",
      folder: folders[1],
      join: async (names) => way.acquire(names),
      leave: async (id) => way.release(id),
    },
  ]
}
