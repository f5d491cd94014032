import type { HostEvent } from '@vethra/api'
import { CniError } from '@vethra/cni'
import { newSignal } from '@vethra/engine'
import type { Events } from '@vethra/world'

/** The range and the output of `vethra events`. */
export interface EventReading {
  /** The id of the event before them; undefined for new ones alone. */
  readonly after: string | undefined
  readonly follow: boolean
  /** Ends the events that are followed. */
  readonly signal: AbortSignal | undefined
  /** Takes an event; false when no more are wanted. */
  readonly hand: (event: HostEvent) => boolean
  /** Called where events that were asked for may no longer be kept. */
  readonly onLost: () => void
}

/** The CniError 5 for a file of events that this user may not read; undefined where it can be read. */
export async function whyUnreadable(events: Events): Promise<CniError | undefined> {
  try {
    await events.latest()
    return undefined
  } catch (error) {
    if (error instanceof CniError && error.code === 5) return error
    throw error
  }
}

/** Events from the file, with or without a daemon. */
export async function readFileEvents(
  events: Events,
  { after, follow, signal, hand, onLost }: EventReading,
): Promise<void> {
  const changed = newSignal()
  const watch = follow ? events.watch(changed.set) : undefined
  signal?.addEventListener('abort', changed.set)
  let place = after ?? (await events.latest())
  for (let isWanted = true; isWanted; ) {
    const found = await events.after(place)
    if (found.lost) onLost()
    for (const each of found.events) isWanted &&= hand(each)
    place = found.events.at(-1)?.ID ?? place
    if (!follow || !isWanted || signal?.aborted) break
    await changed.wait()
    changed.clear()
  }
  watch?.close()
}
