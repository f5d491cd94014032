import { syncFile } from './write-whole.ts'

/** Files that were written without `sync`, to be flushed together. */
export interface PendingSync {
  /** Remembers a file that is to be flushed. */
  add(path: string): void
  /** Returns when all that were added have reached the disk. Throws CniError 5 naming a path. */
  flush(): Promise<void>
}

/** A PendingSync of no files. */
export function pendingSync(): PendingSync {
  const paths = new Set<string>()
  return {
    add: (path) => void paths.add(path),
    flush: async () => {
      const due = [...paths]
      paths.clear()
      await Promise.all(due.map(syncFile))
    },
  }
}
