import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * The address of containerd as its data store is named by: without `unix://`, symbolic links resolved
 * as far as the path exists, the rest as text. So it is the same before containerd made its socket. An
 * address that is no absolute path is given back as it is.
 */
export async function resolveAddress(address: string): Promise<string> {
  const path = address.replace(/^unix:\/\//, '')
  return path.startsWith('/') ? await resolveExisting(path) : path
}

async function resolveExisting(path: string): Promise<string> {
  try {
    return realpathSync.native(path)
  } catch {
    // Missing, or not for us to see: what is above it may be.
    const parent = dirname(path)
    return parent === path ? path : join(await resolveExisting(parent), basename(path))
  }
}
