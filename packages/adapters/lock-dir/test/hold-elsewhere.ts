import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Holder } from '@vethra/world-kit'

/** For tests: processes that hold a lock until they are killed. */
export interface Elsewhere {
  /** Starts a program and resolves at its first output. */
  start(program: readonly [string, ...string[]]): Promise<Holder & { readonly pid: number }>
  /** Ends all that were started. */
  close(): Promise<void>
}

/** For tests: no process yet. */
export function elsewhere(): Elsewhere {
  const children: ChildProcess[] = []
  return {
    async start([command, ...args]) {
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      children.push(child)
      await once(child.stdout, 'data')
      return {
        pid: child.pid ?? 0,
        kill: () => kill(child),
        stop: async () => {
          child.kill('SIGSTOP')
        },
      }
    },
    async close() {
      await Promise.all(children.map(kill))
    },
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
