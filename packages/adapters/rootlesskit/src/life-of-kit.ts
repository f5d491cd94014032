import { statSync } from 'node:fs'

/**
 * The one life of the RootlessKit with this state folder: no other has the same. Undefined where its file `child_pid`
 * cannot be seen.
 */
export function lifeOfKit(stateDir: string): string | undefined {
  try {
    const { ino, mtimeNs } = statSync(`${stateDir}/child_pid`, { bigint: true })
    return `${ino}.${mtimeNs}`
  } catch {
    // Missing, or not ours to see: the same as not known.
    return undefined
  }
}
