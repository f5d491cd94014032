import type { SocketOpener } from './socket-opener.ts'

/** The SocketOpener of the runtime that this process runs in. */
export async function openerHere(): Promise<SocketOpener> {
  // Node must never evaluate bun:ffi, and node:child_process costs the executable a start of 5 ms.
  return process.versions['bun'] !== undefined
    ? (await import('./opener-in-bun.ts')).openerInBun
    : (await import('./opener-in-node.ts')).openerInNode
}
