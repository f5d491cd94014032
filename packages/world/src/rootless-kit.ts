import type { ForwardedPort, NumberedPort, RootlessInfo } from '@vethra/container'

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
