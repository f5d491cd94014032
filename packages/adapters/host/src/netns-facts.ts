import { readdirSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CniError } from '@vethra/spec'
import { isNetns } from './netns.ts'

const pauseMs = 20

/**
 * Device and inode of the network namespace at a path, `4:4026532201`; empty when there is none. While a
 * namespace lives no other has the same.
 */
export async function netnsId(path: string): Promise<string> {
  if (path === '' || !(await isNetns(path))) return ''
  try {
    const { dev, ino } = statSync(path)
    return `${dev}:${ino}`
  } catch {
    // It was there a moment ago: a namespace that goes meanwhile has gone.
    return ''
  }
}

/**
 * Waits until no process runs any more whose environment says that it is a CNI plugin for a container:
 * those that outlived their runtime, and what they started. Throws CniError 104 that names them when
 * they are still there after `timeoutMs` (default 60,000).
 */
export async function pluginsEnded(containerId: string, timeoutMs = 60_000): Promise<void> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const running = pluginsOf(containerId)
    if (running.length === 0) return
    if (performance.now() > end) throw stillRunning(containerId, running)
    await sleep(pauseMs)
  }
}

function pluginsOf(containerId: string): readonly string[] {
  const wanted = `\0CNI_CONTAINERID=${containerId}\0`
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter(
    (pid) => pid !== String(process.pid) && `\0${environmentOf(pid)}`.includes(wanted),
  )
}

// A process that ends meanwhile, and a zombie, have no environment.
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}

function stillRunning(containerId: string, pids: readonly string[]): CniError {
  return new CniError({
    code: 104,
    message: `plugins of an earlier operation on container ${containerId} are still running: ${pids.join(', ')}`,
    hint: `Look at what they wait for, or end them: kill -9 ${pids.join(' ')}`,
  })
}
