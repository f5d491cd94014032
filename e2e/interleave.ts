import { readdir, readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import type { Ran } from './host.ts'

/** Two operations of which the second came in between two steps of the first. */
export interface Interleaved {
  /** Whether the first was stopped: it may have fewer steps. */
  readonly isStopped: boolean
  /** Whether the second ended while the first was stopped. */
  readonly isBetween: boolean
  readonly first: Ran
  readonly second: Ran
}

/** The variables that stop a process before its n-th step; a tag tells it from others. */
export function stoppingAt(step: number, tag: string): Readonly<Record<string, string>> {
  return { VETHRA_FAULT: `stop:${step}`, VETHRA_TEST_TAG: tag }
}

/** Milliseconds that the second operation has before the first goes on: it may wait for it. */
const headStartMs = 1_500

/** Runs `first`, whose process bears the tag; where that stops, runs `second` and lets the first go on. */
export async function interleave(
  tag: string,
  first: () => Promise<Ran>,
  second: () => Promise<Ran>,
): Promise<Interleaved> {
  let isOver = false
  const running = first().finally(() => {
    isOver = true
  })
  let pid = 0
  while (!isOver && pid === 0) {
    await setTimeout(10)
    pid = await stoppedProcess(tag)
  }
  const other = second()
  const isBetween = await Promise.race([
    other.then(() => true),
    setTimeout(pid === 0 ? 0 : headStartMs, false),
  ])
  if (pid !== 0) process.kill(pid, 'SIGCONT')
  const [ran, ranBetween] = await Promise.all([running, other])
  return { isStopped: pid !== 0, isBetween, first: ran, second: ranBetween }
}

async function stoppedProcess(tag: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
    if (await isStopped(pid, tag)) return Number(pid)
  }
  return 0
}

// A process may end while it is looked at.
async function isStopped(pid: string, tag: string): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    if (stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'T') return false
    return (await readFile(`/proc/${pid}/environ`, 'utf8')).includes(`VETHRA_TEST_TAG=${tag}`)
  } catch {
    return false
  }
}
