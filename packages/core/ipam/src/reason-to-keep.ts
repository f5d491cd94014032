import type { Reservation } from './claim.ts'

/** The containers of a host that may still live: container ids, each set by the place where it was found. */
export interface SignsOfLife {
  /** Container ids of attachments in the result cache. */
  readonly cached: ReadonlySet<string>
  /** Container ids of attachments that our runtime recorded. */
  readonly recorded: ReadonlySet<string>
  /** That a data store or an OCI runtime knows; a container id may have a namespace before it: `default-ID`. */
  readonly known: ReadonlySet<string>
  /** Names of network namespaces that exist, and the ids that cnitool makes of them. */
  readonly namespaces: Pick<ReadonlySet<string>, 'has'>
  /** Container ids of plugins that are running. */
  readonly running: ReadonlySet<string>
}

/** How old a reservation must be to be judged, in milliseconds: an ADD that is on its way may show no sign for a moment. */
export const judgedAfterMs = 3000

/** How old a reservation without a container must be to be dead, in milliseconds. */
const emptyAfterMs = 10_000

/** Why a reservation is to be kept; undefined without any sign of life of its container. `nowMs` is the time. */
export function reasonToKeep(
  { containerId, sinceMs }: Reservation,
  signs: SignsOfLife,
  nowMs: number,
): string | undefined {
  if (containerId === '')
    return nowMs - sinceMs > emptyAfterMs ? undefined : 'its writer may be at work'
  if (signs.cached.has(containerId)) return 'an attachment is in the cache'
  if (signs.recorded.has(containerId)) return 'an attachment is recorded'
  if (isKnown(containerId, signs.known)) return 'the container is known'
  if (signs.namespaces.has(containerId)) return 'its namespace is there'
  if (signs.running.has(containerId)) return 'a plugin is at work for it'
  return nowMs - sinceMs >= judgedAfterMs ? undefined : 'it is too young to tell'
}

/** Whether a container that plugins know by this id is in a set of ids, as plugins know them or as its own store does. */
export function isKnown(containerId: string, known: ReadonlySet<string>): boolean {
  if (known.has(containerId)) return true
  // A namespace may hold dashes itself, so every dash may be where the id begins.
  return [...containerId.matchAll(/-/g)].some(({ index }) =>
    known.has(containerId.slice(index + 1)),
  )
}
