import type { Holder } from './subject.ts'

/** A child process with its output piped, as node:child_process spawns one. */
export interface Child {
  readonly pid?: number | undefined
  readonly exitCode: number | null
  readonly signalCode: string | null
  readonly stdout: { once(event: 'data', listener: () => void): unknown }
  once(event: 'exit', listener: () => void): unknown
  kill(signal: 'SIGKILL' | 'SIGSTOP'): boolean
}

/** Processes that hold a lock until they are killed. */
export interface HoldersElsewhere {
  /** Starts a program and resolves at its first output. */
  start(program: Program): Promise<Holder & { readonly pid: number }>
  /** Ends all that were started. */
  close(): Promise<void>
}

/** A program and its arguments. */
export type Program = readonly [string, ...string[]]

/** Makes holders, none yet, by a way to spawn a program. */
export function holdersElsewhere(spawn: (program: Program) => Child): HoldersElsewhere {
  const children: Child[] = []
  return {
    async start(program) {
      const child = spawn(program)
      children.push(child)
      await new Promise<void>((resolve) => child.stdout.once('data', resolve))
      return {
        pid: child.pid ?? 0,
        kill: () => kill(child),
        stop: async () => void child.kill('SIGSTOP'),
      }
    },
    async close() {
      await Promise.all(children.map(kill))
    },
  }
}

async function kill(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
