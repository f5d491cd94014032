import { environmentByUs } from '@vethra/plugin-exec/programs'

/** The output of a program; with `fault` it failed: its error output, or the reason why it could not be run. */
export interface RanNow {
  readonly said: string
  readonly fault?: string
}

/** Runs a program, for at most `timeoutMs` (20,000), in which this thread waits; it is killed then. */
export function runNow(program: string, args: readonly string[], timeoutMs = 20_000): RanNow {
  // Loaded when a program is run: it costs a start of bun milliseconds.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const ran = spawnSync(program, args, {
    env: environmentByUs(),
    encoding: 'utf8',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  if (ran.status === 0) return { said: ran.stdout }
  const fault = ran.stderr?.trim() || ran.error?.message || `it ended with ${ran.status}`
  return { said: '', fault }
}
