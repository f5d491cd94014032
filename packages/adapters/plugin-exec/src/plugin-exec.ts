import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  exitStatus,
  type PluginCall,
  type PluginExit,
  pluginEnvironment,
  pluginFailure,
  pluginNotStarted,
  pluginTooFar,
} from '@vethra/cni'
import { faultPoint } from '@vethra/files'
import type { PluginReport, PluginRunner } from '@vethra/world'
import { execa } from 'execa'
import { findPlugin } from './find-plugin.ts'

/** How plugins are run. */
export interface PluginExecOptions {
  /** The folders of `CNI_PATH`, in order; absolute, since plugins run in `/`. */
  readonly path: readonly string[]
  /** The environment that plugins inherit; the `CNI_*` variables of the call win. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** After this many milliseconds the plugin's whole process group is killed. Default: 60,000. */
  readonly timeoutMs?: number
  /** More octets than this on standard output or error end the plugin. Default: 16 MiB. */
  readonly outputLimit?: number
  /** Called for each run that ended, successful or not. Default: none. */
  readonly onReport?: (report: PluginReport) => void
}

const busyAttempts = 6
const busyPauseMs = 1000

// A process that left the group can keep the pipes open after the group is dead.
const drainMs = 200

/**
 * A PluginRunner that starts executables. A plugin that another program is just writing (ETXTBSY) is
 * tried up to six times, a second apart, within the deadline. Throws CniError 104 for a deadline or an output that went
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
  const limits = { timeoutMs, outputLimit }
  const started = performance.now()
  faultPoint('plugin', `${call.operation} ${call.type}, to be started`)
  const child = execa(path, [], {
    env: { ...options.env, ...pluginEnvironment(call, options.path) },
    extendEnv: false,
    // The folder of now is a bundle's, a person's, or deleted: none of it is the plugin's business.
    cwd: '/',
    input: call.stdin,
    detached: true,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: outputLimit,
  })
  const deadline = setDeadline(child, timeoutMs)
  const ended = await child.finally(deadline.clear)
  const elapsedMs = performance.now() - started
  faultPoint('plugin', `${call.operation} ${call.type}, ended`)
  if (ended.code === 'ETXTBSY' && attempt < busyAttempts && attempt * busyPauseMs <= timeoutMs) {
    await sleep(busyPauseMs)
    return execute(path, call, options, attempt + 1)
  }
  if (ended.isMaxBuffer) killGroup(child)
  const { stdout = '', stderr = '', exitCode, signal } = ended
  const limit = deadline.passed() ? 'timeoutMs' : ended.isMaxBuffer ? 'outputLimit' : undefined
  if (limit !== undefined) throw pluginTooFar(path, call, limits, { limit, stdout, stderr })
  if (child.pid === undefined) throw pluginNotStarted(path, ended.code ?? '', ended.cause)
  const status = exitStatus(exitCode ?? null, signal ?? null)
  return { path, stdout, stderr, status, elapsedMs }
}

interface Child {
  readonly pid?: number | undefined
  readonly nodeChildProcess: {
    readonly exitCode: number | null
    readonly signalCode: string | null
  }
  readonly stdout: { destroy(): unknown }
  readonly stderr: { destroy(): unknown }
}

function setDeadline(child: Child, timeoutMs: number): { clear(): void; passed(): boolean } {
  let passed = false
  let drain: NodeJS.Timeout | undefined
  const timer = setTimeout(() => {
    passed = true
    killGroup(child)
    drain = setTimeout(() => [child.stdout, child.stderr].map((pipe) => pipe.destroy()), drainMs)
  }, timeoutMs)
  const clear = () => {
    clearTimeout(timer)
    clearTimeout(drain)
  }
  return { clear, passed: () => passed }
}

// Once the plugin has ended, a process of its number is another, and may lead a group.
function killGroup({ pid, nodeChildProcess: { exitCode, signalCode } }: Child): void {
  if (pid === undefined) return
  const hasEnded = exitCode !== null || signalCode !== null
  if (hasEnded && existsSync(`/proc/${pid}`)) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: the whole group has gone already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
