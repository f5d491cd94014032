import { statSync } from 'node:fs'

/** The identity of one run of the RootlessKit with this state folder; undefined where its file `child_pid` cannot be seen. */
export function lifeOfKit(stateDir: string): string | undefined {
  try {
    const { ino, mtimeNs, size } = statSync(`${stateDir}/child_pid`, { bigint: true })
    // Empty, it is about to be written, which changes its time.
    return size === 0n ? undefined : `${ino}.${mtimeNs}`
  } catch {
    // Missing, or not ours to see: the same as not known.
    return undefined
  }
}
