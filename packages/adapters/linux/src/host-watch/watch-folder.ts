import { type FSWatcher, statSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { type CniError, ioError } from '@vethra/cni'
import type { HostWatch } from '@vethra/world'
import type { HostWatchOptions } from './options.ts'

/** Watches a folder with all that is below it; while it is missing, the nearest folder above for its coming. */
export function watchFolder(
  folder: string,
  { onChange, onFault }: Pick<HostWatchOptions, 'onChange' | 'onFault'>,
): HostWatch {
  let watcher: FSWatcher | undefined
  let watched = ''
  let closed = false
  const stop = () => {
    watcher?.close()
    watcher = undefined
    watched = ''
  }
  const start = () => {
    if (closed) return
    const place = nearest(folder)
    const id = idOf(place)
    if (watcher !== undefined && watched === `${place} ${id}`) return
    stop()
    try {
      watcher = watch(place, { recursive: place === folder }, (_, name) => {
        // A folder on the way to ours, or ours itself, has come or gone.
        if (place !== folder || idOf(place) !== id) start()
        if (place === folder) onChange(name === null ? place : `${place}/${name}`)
        else if (watched.startsWith(`${folder} `)) onChange(folder)
      })
      watcher.on('error', (cause: Error) => {
        stop()
        onFault(unwatched(place, cause))
      })
      watched = `${place} ${id}`
    } catch (cause) {
      stop()
      onFault(unwatched(place, cause))
    }
  }
  start()
  return {
    refresh: start,
    close: () => {
      closed = true
      stop()
    },
  }
}

function nearest(folder: string): string {
  for (let place = folder; ; place = dirname(place)) {
    if (place === '/' || idOf(place) !== '') return place
  }
}

function idOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  // With its birth, since a folder that is made again often gets the inode of the one before.
  return found?.isDirectory() ? `${found.dev}:${found.ino}:${found.birthtimeMs}` : ''
}

function unwatched(place: string, cause: unknown): CniError {
  return ioError(`cannot watch ${place}`, {
    hint: 'Raise fs.inotify.max_user_watches and max_user_instances by sysctl; until then changes there are seen at the next timer.',
    cause,
  })
}
