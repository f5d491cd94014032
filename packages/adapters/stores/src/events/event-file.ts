import { eventLine, idAt, placeOf } from '@vethra/api'
import { CniError } from '@vethra/cni'
import { fileError } from '@vethra/files'
import type { Events } from '@vethra/world'
import { appendLine } from './append-line.ts'
import type { EventFileOptions } from './options.ts'
import { endOf, eventsIn, readGenerations } from './read-generations.ts'
import { beginFile, replaceFile } from './replace-file.ts'
import { watchFile } from './watch-file.ts'

/** Events in a file: a line each by one write(2) with O_APPEND, no lock, no fsync. Full, it becomes `PATH.1`. */
export function eventFile(options: EventFileOptions): Events {
  const { path, by, now, onFault, fullSize = 1024 * 1024 } = options
  const limits = { fullSize, mostSize: 4 * fullSize }
  const append = async (line: string): Promise<boolean> => {
    const { outcome, isFull } = appendLine(path, line, limits)
    if (isFull) await replaceFile(options, fullSize)
    return outcome === 'written'
  }
  return {
    async tell(event) {
      try {
        // biome-ignore lint/style/noRestrictedGlobals: it writes a time that was handed in, and reads no clock.
        const line = eventLine({ Time: new Date(now()).toISOString(), By: by, ...event })
        if (await append(line)) return
        await beginFile(path, now())
        await append(line)
      } catch (error) {
        onFault(error instanceof CniError ? error : fileError('append to', path, error))
      }
    },
    after: async (id) => {
      const generations = readGenerations(path, placeOf(id))
      const [oldest] = generations
      const lost = id !== '0' && oldest !== undefined && placeOf(id).generation < oldest.generation
      return { events: generations.flatMap(eventsIn), lost }
    },
    latest: async () => {
      const last = readGenerations(path, { generation: 0, offset: 0 }).at(-1)
      return last === undefined ? '0' : idAt(endOf(last))
    },
    watch: (onChange) => watchFile(path, onChange),
  }
}
