import type { Way } from './way.ts'

/** The way of the runtime that this is. */
export async function wayHere(): Promise<Way> {
  // Node must never evaluate bun:ffi, and node:child_process costs the executable a start of 5 ms.
  return process.versions['bun'] !== undefined
    ? (await import('./way-in-bun.ts')).wayInBun
    : (await import('./way-in-node.ts')).wayInNode
}
