import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CniError } from '@vethra/spec'

/** A process, told by when it started from a later one of the same number. */
export interface Process {
  readonly pid: number
  /** Clock ticks since the machine was started, as /proc has them. */
  readonly startTime: string
}

/** The process of a number; undefined when there is none, or only what is left of one that has ended. */
export function processAt(pid: number): Process | undefined {
  // The name, in brackets, may hold blanks and brackets itself: proc(5), "/proc/pid/stat".
  const [state = '', ...rest] = fieldsAfterName(textOf(`/proc/${pid}/stat`))
  const startTime = rest[18]
  const ended = /^[ZXx]/.test(state) && threads(pid) < 2
  return startTime === undefined || ended ? undefined : { pid, startTime }
}

// The first thread can be gone and others not, and then the sockets are still open.
function threads(pid: number): number {
  return namesIn(`/proc/${pid}/task`).length
}

/** Whether that very process is alive. */
export function isAlive({ pid, startTime }: Process): boolean {
  return startTime !== '' && processAt(pid)?.startTime === startTime
}

/** Kills that very process and waits until its sockets are closed. Throws CniError 5 when it does not end. */
export async function endProcess(process_: Process): Promise<void> {
  if (!isAlive(process_)) return
  kill(process_.pid)
  for (let pauseMs = 1; isAlive(process_); pauseMs *= 2) {
    if (pauseMs > longestPauseMs) throw stillThere(process_.pid)
    await sleep(pauseMs)
  }
}

/** The numbers of all processes. */
export function allPids(): readonly number[] {
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** The text of a file of /proc; empty when its process has gone meanwhile or is not ours to see. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The names in a folder of /proc; none when its process has gone meanwhile or is not ours to see. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The waits before it add up to two seconds. */
const longestPauseMs = 1024

function fieldsAfterName(stat: string): readonly string[] {
  const end = stat.lastIndexOf(') ')
  return end === -1 ? [] : stat.slice(end + 2).split(' ')
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (cause) {
    // ESRCH: it has ended by itself.
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return
    const message = `cannot end process ${pid}, which holds ports`
    throw new CniError({ code: 5, message, hint: 'Run as root.', cause })
  }
}

function stillThere(pid: number): CniError {
  return new CniError({
    code: 5,
    message: `process ${pid}, which holds ports, does not end`,
    hint: `Look at what keeps it: cat /proc/${pid}/stack`,
  })
}
