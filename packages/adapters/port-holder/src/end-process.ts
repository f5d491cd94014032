import { setTimeout as sleep } from 'node:timers/promises'
import { ioError } from '@vethra/cni'
import { isAlive, type Process } from '@vethra/plugin-exec/programs'

/** Kills that very process and waits until its sockets are closed. Throws CniError 5 when it does not end. */
export async function endProcess(process_: Process): Promise<void> {
  if (!isAlive(process_)) return
  await kill(process_)
  for (let pauseMs = 1; isAlive(process_); pauseMs *= 2) {
    if (pauseMs > longestPauseMs)
      throw ioError(
        `port holder ${process_.pid} is still alive two seconds after SIGKILL`,
        `See what it waits for: cat /proc/${process_.pid}/stack`,
      )
    await sleep(pauseMs)
  }
}

/** The waits before it add up to two seconds. */
const longestPauseMs = 1024

async function kill(process_: Process): Promise<void> {
  try {
    await killHere(process_)
  } catch (cause) {
    // ESRCH: it has ended by itself.
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return
    const message = `cannot end process ${process_.pid}, which holds ports`
    throw ioError(message, { hint: 'Run as root.', cause })
  }
}

async function killHere(process_: Process): Promise<void> {
  if (process.versions['bun'] !== undefined) {
    const { killInBun } = await import('./kill-in-bun.ts')
    if (killInBun(process_)) return
  }
  // Without a descriptor of the process: it was looked at right before.
  if (isAlive(process_)) process.kill(process_.pid, 'SIGKILL')
}
