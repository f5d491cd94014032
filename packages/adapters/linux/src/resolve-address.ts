import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * The address of containerd as its data store is named by: without `unix://`, symbolic links resolved
 * as far as the path exists, the rest as text. So it is the same before containerd made its socket. An
 * address that is no absolute path is given back as it is.
 */
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
