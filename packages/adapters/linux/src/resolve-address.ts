import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** containerd's address as its data store is named by: without `unix://`, links resolved as far as they exist; not absolute, it is kept. */
export function resolveAddress(address: string): string {
  const path = address.startsWith('unix://') ? address.slice('unix://'.length) : address
  return path.startsWith('/') ? resolveExisting(path) : path
}

function resolveExisting(path: string): string {
  // Asked first: hosts that run no containerd lack all of it, and an error costs its stack.
  if (!existsSync(path)) return above(path)
  try {
    return realpathSync.native(path)
  } catch {
    return above(path)
  }
}

// Missing, or not for us to see: what is above it may be.
function above(path: string): string {
  const parent = dirname(path)
  return parent === path ? path : join(resolveExisting(parent), basename(path))
}
