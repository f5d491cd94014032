import { existsSync } from 'node:fs'

/** Kills the process group that a plugin leads. Once it has ended, a process of its number is another, and may lead a group. */
export function killGroup(pid: number, hasEnded: boolean): void {
  if (hasEnded && existsSync(`/proc/${pid}`)) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: the whole group has gone already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
