import { type ChildProcess, spawn } from 'node:child_process'
import { type FSWatcher, statSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { type CniError, ioError } from '@vethra/cni'
import type { HostWatch, WatchHearer } from '@vethra/world'

/** Watches folders by inotify(7), and the kernel's tables by programs, which end with this process. */
export function watchHost(options: HostWatchOptions): HostWatch {
  const folders = options.folders.map((folder) => watchFolder(folder, options))
  const monitors = options.programs.map((program) => startMonitor(program, options))
  return watchAll([...folders, ...monitors])
}

/** Some watches as one. */
export function watchAll(watches: readonly HostWatch[]): HostWatch {
  return {
    refresh: () => {
      for (const each of watches) each.refresh()
    },
    close: () => {
      for (const each of watches) each.close()
    },
  }
}

// The shell waits for the end of its input, which this process holds: however this one ends, the
// program goes with it. Its own output is closed, so that the end of the program's is seen.
const script = '"$@" </dev/null & exec >&- 2>&-; read -r _; kill $! 2>/dev/null'

function startMonitor(
  program: readonly [string, ...string[]],
  { onChange, onFault }: Pick<HostWatchOptions, 'onChange' | 'onFault'>,
): HostWatch {
  const name = program.join(' ')
  let child: ChildProcess | undefined
  let closed = false
  const start = () => {
    if (child !== undefined || closed) return
    const started = spawn('sh', ['-c', script, 'sh', ...program], {
      cwd: '/',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    child = started
    started.stdout.on('data', () => onChange(name))
    started.stdout.on('close', () => {
      started.stdin.end()
      if (child === started) child = undefined
    })
    started.stdin.on('error', () => {
      // The shell has ended before it was told to.
    })
    started.on('error', (cause) => {
      child = undefined
      onFault(ioError(`cannot start ${name}`, { cause }))
    })
  }
  start()
  return {
    refresh: start,
    close: () => {
      closed = true
      child?.stdin?.end()
    },
  }
}

// Watches a folder with all that is below it; while it is missing, the nearest folder above for its coming.
function watchFolder(
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

/** Options of `watchHost`. */
export interface HostWatchOptions extends WatchHearer {
  /** Folders that are watched with all that is below them; they may appear later. */
  readonly folders: readonly string[]
  /** Programs that print something at each change, such as `ip -o monitor link`. A missing place is skipped. */
  readonly programs: readonly (readonly [string, ...string[]])[]
}
