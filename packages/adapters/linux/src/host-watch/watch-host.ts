import type { HostWatch } from '@vethra/world'
import { startMonitor } from './monitor.ts'
import type { HostWatchOptions } from './options.ts'
import { watchFolder } from './watch-folder.ts'

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
