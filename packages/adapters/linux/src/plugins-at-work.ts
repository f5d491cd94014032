import { setTimeout as sleep } from 'node:timers/promises'
import { CniError } from '@vethra/cni'
import { isLeftByUs, isOfOurs, ownPids, textOf } from '@vethra/plugin-exec/programs'
import { isInOur } from './shared-namespace.ts'

const pauseMs = 20
const variable = '\0CNI_CONTAINERID='

/** Waits until no process has an operation's nonce; without one, no program that a killed process left. Throws CniError 104 after `timeoutMs`. */
export async function pluginsEnded(
  object: string,
  nonce: string | undefined,
  timeoutMs = 60_000,
): Promise<void> {
  const end = performance.now() + timeoutMs
  const wanted = `\0VETHRA_NONCE=${nonce}\0`
  const isWanted = (environment: string, pid: number) =>
    nonce === undefined ? isLeftByUs(environment) && isOnOurHost(pid) : environment.includes(wanted)
  for (;;) {
    const running = ownPids().filter(
      (pid) => pid !== process.pid && isWanted(environmentOf(pid), pid) && isOfOurs(pid),
    )
    if (running.length === 0) return
    if (performance.now() > end)
      throw new CniError({
        code: 104,
        message: `plugins of an earlier operation on ${object} are still running: ${running.join(', ')}`,
        hint: `Look at what they wait for, or end them: kill -9 ${running.join(' ')}`,
      })
    await sleep(pauseMs)
  }
}

/** The containers that plugins of our own user are at work for: a plugin has its container id in the environment. */
export function containersOfPlugins(): readonly string[] {
  return ownPids().flatMap((pid) => {
    const environment = environmentOf(pid)
    const at = environment.indexOf(variable)
    if (at === -1 || !isOfOurs(pid) || !isOnOurHost(pid)) return []
    const from = at + variable.length
    return [environment.slice(from, environment.indexOf('\0', from))]
  })
}

// Another host in namespaces may have containers of the same ids. A plugin may be in the network of its container for a while.
function isOnOurHost(pid: number): boolean {
  return isInOur('net', pid) || isInOur('mnt', pid)
}

// Of a process of ours alone: others may have one of megabytes. One that ends meanwhile, and a zombie, have none.
function environmentOf(pid: number): string {
  return `\0${textOf(`/proc/${pid}/environ`)}\0`
}
