import { realpathSync } from 'node:fs'

/** A path without symbolic links; as it is where it does not exist. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
