import type { JsonObject } from '@vethra/cni'

/** bypass4netnsd, which makes connections of containers outside of RootlessKit. */
export interface BypassDaemon {
  /** Starts for a container, by the request of its API. Throws CniError 100 where it does not run, 5 where it refuses. */
  start(request: JsonObject): Promise<void>
  /** Ends it for a container; nothing is fine. */
  stop(id: string): Promise<void>
}
