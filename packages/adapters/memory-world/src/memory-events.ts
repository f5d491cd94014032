import { eventLine, idAt, readEventLines } from '@vethra/api'
import type { Events } from '@vethra/world'

/** Where events get their time, and how many are kept. */
export interface MemoryEventsOptions {
  readonly now: () => number
  /** Default: all. */
  readonly kept?: number
}

/** Events in an array. */
export function memoryEvents(given: MemoryEventsOptions): Events {
  const { now, kept = Number.POSITIVE_INFINITY } = given
  const lines: { readonly id: number; readonly line: string }[] = []
  const watching = new Set<() => void>()
  let [last, forgotten] = [0, 0]
  const eventOf = ({ id, line }: (typeof lines)[number]) =>
    readEventLines(line, { generation: 0, offset: id - line.length })
  return {
    async append(event) {
      // biome-ignore lint/style/noRestrictedGlobals: it writes a time that was handed in, and reads no clock.
      const line = eventLine({ Time: new Date(now()).toISOString(), By: 'memory', ...event })
      last = Number(idAt({ generation: 0, offset: last + line.length }))
      lines.push({ id: last, line })
      if (lines.length > kept) forgotten = lines.shift()?.id ?? forgotten
      for (const each of [...watching]) each()
    },
    after: async (id) => ({
      events: lines.filter((each) => each.id > Number(id)).flatMap(eventOf),
      lost: id !== '0' && Number(id) < forgotten,
    }),
    latest: async () => String(last),
    watch(onChange) {
      const call = () => onChange()
      watching.add(call)
      return { close: () => void watching.delete(call) }
    },
  }
}
