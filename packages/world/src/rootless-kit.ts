import type { JsonObject } from '@vethra/cni'
import type { ForwardedPort, NumberedPort, RootlessInfo, SeenUser } from '@vethra/container'

/** RootlessKit, whose child this process is, by its API. Every call throws CniError 5 when nothing answers at its socket, 6 for an answer that cannot be read. */
export interface RootlessKit {
  info(): Promise<RootlessInfo>
  /** The ports that it forwards, by ascending number; empty for an implicit port driver. */
  ports(): Promise<readonly NumberedPort[]>
  /** Forwards a port, and returns its number. Throws CniError 5 with what RootlessKit says where it refuses. */
  forward(port: ForwardedPort): Promise<number>
  /** Forwards a port no more; a number that is unknown is fine. Throws CniError 5 where it refuses. */
  stopForwarding(id: number): Promise<void>
}

/** bypass4netnsd, which makes connections of containers outside of RootlessKit. */
export interface BypassDaemon {
  /** Starts for a container, by the request of its API. Throws CniError 100 where it does not run, 5 where it refuses. */
  start(request: JsonObject): Promise<void>
  /** Ends it for a container; nothing is fine. */
  stop(id: string): Promise<void>
}

/** The user that this process is of, and what rootless containers need. Nothing is started or changed. */
export interface UserFacts {
  /** As seen outside of RootlessKit. */
  user(): SeenUser
  /** The paths of programs that are on PATH, by name. */
  programs(): SeenUser['programs']
  /** Whether a folder can be written to, or made where it is missing. */
  isWritable(path: string): boolean
}
