import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { EventWatch } from '@vethra/world'

/** How often it is looked whether the file is another, where its folder cannot be watched or does not exist yet. */
const lookMs = 1000

/** Calls back when a file has grown, or is another one, until it is closed. */
export function watchFile(path: string, onChange: () => void): EventWatch {
  let watcher: FSWatcher | undefined
  let seen = stateOf(path)
  const look = () => {
    const now = stateOf(path)
    if (now === seen) return
    seen = now
    onChange()
  }
  const drop = () => {
    watcher?.close()
    watcher = undefined
  }
  const begin = () => {
    try {
      watcher ??= watch(dirname(path), (_, name) => {
        if (name === basename(path)) look()
      }).on('error', drop)
    } catch {
      // The folder is not there yet, or there are too many watches: the timer looks.
      drop()
    }
  }
  const timer = setInterval(() => {
    begin()
    look()
  }, lookMs)
  begin()
  return {
    close() {
      clearInterval(timer)
      drop()
    },
  }
}

// What cannot be looked at is as what is missing: readers say why.
function stateOf(path: string): string {
  try {
    const { ino, size } = statSync(path)
    return `${ino} ${size}`
  } catch {
    return 'missing'
  }
}
