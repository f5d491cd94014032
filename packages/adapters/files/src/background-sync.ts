import { syncFile } from './write-whole.ts'

/** Has files reach the disk while other work goes on. */
export interface BackgroundSync {
  /** Starts to flush a file that was written without `sync`; what fails comes up in `flush`. */
  start(path: string): void
  /** Waits until all that was started has reached the disk. Throws CniError 5 naming a path. */
  flush(): Promise<void>
}

/** Makes one, which waits for what it was given alone. */
export function backgroundSync(): BackgroundSync {
  const started: Promise<void>[] = []
  return {
    start(path) {
      const synced = syncFile(path)
      // Nobody may come to ask: a failure must not count as one that nobody handles.
      synced.catch(() => undefined)
      started.push(synced)
    },
    async flush() {
      await Promise.all(started.splice(0))
    },
  }
}
