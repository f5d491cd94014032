import type { Repair } from '@vethra/findings'
import type { World } from '@vethra/world'
import type { RepairEvent } from './repair.ts'
import { repairEvent } from './repair-event.ts'

/** Tells of each repair that is begun, and of its outcome. */
export interface RepairTeller {
  hear(event: RepairEvent): void
  /** Resolves once every event is written. */
  told(): Promise<void>
}

/** A teller of repairs for `vethra events`; `now` in milliseconds. The outcome of a repair that was not begun is no event. */
export function repairTeller({
  events,
  now,
}: Pick<World, 'events'> & { readonly now: () => number }): RepairTeller {
  const begun = new Map<Repair, number>()
  let telling: Promise<void> = Promise.resolve()
  return {
    hear(event) {
      const at = begun.get(event.repair)
      if (event.kind === 'begun') begun.set(event.repair, now())
      else if (at === undefined) return
      const told = repairEvent(event, now() - (at ?? now()))
      telling = telling.then(() => events.tell(told))
    },
    told: () => telling,
  }
}
