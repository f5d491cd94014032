import { type ChildProcess, spawn } from 'node:child_process'
import { ioError } from '@vethra/cni'
import type { HostWatch } from '@vethra/world'
import type { HostWatchOptions } from './options.ts'

// The shell waits for the end of its input, which this process holds: however this one ends, the
// program goes with it. Its own output is closed, so that the end of the program's is seen.
const script = '"$@" </dev/null & exec >&- 2>&-; read -r _; kill $! 2>/dev/null'

/** Runs a program for as long as this process lives, and reports each output. */
export function startMonitor(
  program: readonly [string, ...string[]],
  { onChange, onFault }: Pick<HostWatchOptions, 'onChange' | 'onFault'>,
): HostWatch {
  const name = program.join(' ')
  let child: ChildProcess | undefined
  let closed = false
  const start = () => {
    if (child !== undefined || closed) return
    const started = spawn('sh', ['-c', script, 'sh', ...program], {
      cwd: '/',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    child = started
    started.stdout.on('data', () => onChange(name))
    started.stdout.on('close', () => {
      started.stdin.end()
      if (child === started) child = undefined
    })
    started.stdin.on('error', () => {
      // The shell has ended before it was told to.
    })
    started.on('error', (cause) => {
      child = undefined
      onFault(ioError(`cannot start ${name}`, { cause }))
    })
  }
  start()
  return {
    refresh: start,
    close: () => {
      closed = true
      child?.stdin?.end()
    },
  }
}
