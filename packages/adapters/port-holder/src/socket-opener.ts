import type { HeldSocket } from '@vethra/container'

/** Opens the sockets that hold ports, and starts the process that keeps them: bun and Node differ in both. */
export interface SocketOpener {
  /** Takes sockets in this process, as far as the runtime can. Throws CniError 100 or 5. */
  open(sockets: readonly HeldSocket[]): OpenedSockets
  /** Starts a process of its own session that has the descriptors from 3 on, and nothing else of ours. */
  start(command: readonly string[], descriptors: readonly number[]): StartedHolder
  /** Whether the ports are taken once they are open: else the process takes them. */
  readonly takesAtOnce: boolean
}

/** Open sockets, those left out that may be missing, or the one that another has. */
export type OpenedSockets =
  | { readonly sockets: readonly HeldSocket[]; readonly descriptors: readonly number[] }
  | { readonly taken: HeldSocket }

/** A process that has just been started. */
export interface StartedHolder {
  readonly pid: number
  /** The holder's answer before it goes silent for good: `ready`, `taken SOCKET`, or why it can't. Never rejects. */
  readonly said: Promise<string>
}
