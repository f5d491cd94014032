import { setTimeout as sleep } from 'node:timers/promises'
import {
  type PluginCall,
  type PluginExit,
  type PluginRunner,
  pluginEnvironment,
  pluginFailure,
} from '@vethra/plan'
import { CniError } from '@vethra/spec'
import { execa } from 'execa'
import { findPlugin } from './find-plugin.ts'

/** What one plugin run was: for logs. */
export interface PluginReport extends PluginExit {
  readonly call: PluginCall
}

/** How plugins are run. */
export interface PluginExecOptions {
  /** The folders of `CNI_PATH`, in order. */
  readonly path: readonly string[]
  /** The environment that plugins inherit; the `CNI_*` variables of the call win. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** After this many milliseconds the plugin's whole process group is killed. Default: 60,000. */
  readonly timeoutMs?: number
  /** More octets than this on standard output or error end the plugin. Default: 16 MiB. */
  readonly outputLimit?: number
  /** Is told of each run that came to an end, successful or not. Default: nobody is. */
  readonly onReport?: (report: PluginReport) => void
}

const busyAttempts = 6
const busyPauseMs = 1000

// A process that left the group can keep the pipes open after the group is dead.
const drainMs = 200

/**
 * A PluginRunner that starts executables. A plugin that another program is just writing (ETXTBSY) is
 * tried up to six times, a second apart. Throws CniError 104 for a deadline or an output that went
 * too far, 5 when the program cannot be started.
 */
export function pluginExec(options: PluginExecOptions): PluginRunner {
  return {
    run: async (call) => {
      const path = await findPlugin(call.type, options.path)
      const exit = await execute(path, call, options)
      options.onReport?.({ ...exit, call })
      if (exit.status !== 'exit status 0') throw pluginFailure(exit)
      return exit.stdout
    },
  }
}

async function execute(
  path: string,
  call: PluginCall,
  options: PluginExecOptions,
  attempt = 1,
): Promise<PluginExit> {
  const { timeoutMs = 60_000, outputLimit = 16 * 1024 * 1024 } = options
  const started = performance.now()
  const child = execa(path, [], {
    env: { ...options.env, ...pluginEnvironment(call, options.path) },
    extendEnv: false,
    input: call.stdin,
    detached: true,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: outputLimit,
  })
  const deadline = setDeadline(child, timeoutMs)
  const ended = await child.finally(deadline.clear)
  const elapsedMs = performance.now() - started
  if (ended.code === 'ETXTBSY' && attempt < busyAttempts && elapsedMs < timeoutMs) {
    await sleep(busyPauseMs)
    return execute(path, call, options, attempt + 1)
  }
  if (ended.isMaxBuffer) killGroup(child.pid)
  if (deadline.passed() || ended.isMaxBuffer) {
    throw wentTooFar(path, call, ended.isMaxBuffer, { timeoutMs, outputLimit })
  }
  if (child.pid === undefined) throw notStarted(path, ended.code, ended.cause)
  const { stdout, stderr } = ended
  return { path, stdout, stderr, status: statusOf(ended), elapsedMs }
}

interface Child {
  readonly pid?: number | undefined
  readonly stdout: { destroy(): unknown }
  readonly stderr: { destroy(): unknown }
}

function setDeadline(child: Child, timeoutMs: number): { clear(): void; passed(): boolean } {
  let passed = false
  let drain: NodeJS.Timeout | undefined
  const timer = setTimeout(() => {
    passed = true
    killGroup(child.pid)
    drain = setTimeout(() => [child.stdout, child.stderr].map((pipe) => pipe.destroy()), drainMs)
  }, timeoutMs)
  const clear = () => {
    clearTimeout(timer)
    clearTimeout(drain)
  }
  return { clear, passed: () => passed }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: the whole group has gone already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const signalWords: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
}

function statusOf({ exitCode, signal }: { exitCode?: number; signal?: string }): string {
  return signal === undefined
    ? `exit status ${exitCode ?? 0}`
    : `signal: ${signalWords[signal] ?? signal}`
}

function wentTooFar(
  path: string,
  call: PluginCall,
  printedTooMuch: boolean,
  { timeoutMs, outputLimit }: { timeoutMs: number; outputLimit: number },
): CniError {
  const what = printedTooMuch
    ? `printed more than ${outputLimit} octets`
    : `did not end within ${timeoutMs / 1000} s`
  return new CniError({
    code: 104,
    message: `plugin ${path} ${what} on ${call.operation} and was killed with all that it had started`,
    hint: printedTooMuch
      ? 'Look into the plugin; --plugin-output-limit sets the limit in MiB.'
      : 'Look into what the plugin waits for; --plugin-timeout sets the limit in seconds.',
  })
}

const spawnWords: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOENT: 'no such file or directory',
  ENOEXEC: 'exec format error',
  ETXTBSY: 'text file busy',
}

function notStarted(path: string, code: string | undefined, cause: unknown): CniError {
  return new CniError({
    code: 5,
    message: `fork/exec ${path}: ${spawnWords[code ?? ''] ?? code}`,
    hint: 'Make it an executable of this machine: file mode 0755, the right architecture, its interpreter present.',
    cause,
  })
}
