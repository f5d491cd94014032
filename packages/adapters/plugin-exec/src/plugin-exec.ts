import { setTimeout as sleep } from 'node:timers/promises'
import {
  exitStatus,
  type KilledPlugin,
  type PluginExit,
  pluginEnvironment,
  pluginFailure,
  pluginNotStarted,
  pluginTooFar,
} from '@vethra/cni'
import { faultPoint } from '@vethra/files'
import type { PluginRunner } from '@vethra/world'
import { execa } from 'execa'
import { findPlugin } from './find-plugin.ts'
import { killGroup } from './kill-group.ts'
import { busyAttempts, busyPauseMs, limitsOf, type PluginExecOptions } from './options.ts'

// A process that left the group can keep the pipes open after the group is dead.
const drainMs = 200

/** A PluginRunner; a plugin being written (ETXTBSY) is tried six times, a second apart, in time. Throws CniError 104 for limits, 5. */
export function pluginExec(options: PluginExecOptions): PluginRunner {
  return {
    run: async (call) => {
      const path = findPlugin(call.type, options.path)
      const exit = await execute({ path, call }, options)
      options.onReport?.({ ...exit, call })
      if (exit.status !== 'exit status 0') throw pluginFailure(exit)
      return exit.stdout
    },
  }
}

async function execute(
  plugin: Pick<KilledPlugin, 'path' | 'call'>,
  options: PluginExecOptions,
  attempt = 1,
): Promise<PluginExit> {
  const { path, call } = plugin
  const limits = limitsOf(options, call)
  const { timeoutMs, outputLimit } = limits
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
    return execute(plugin, options, attempt + 1)
  }
  if (ended.isMaxBuffer) killAll(child)
  const { stdout = '', stderr = '', exitCode, signal } = ended
  const limit = deadline.passed() ? 'timeoutMs' : ended.isMaxBuffer ? 'outputLimit' : undefined
  if (limit !== undefined) throw pluginTooFar({ path, call, limits, limit, stdout, stderr })
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
    killAll(child)
    drain = setTimeout(() => [child.stdout, child.stderr].map((pipe) => pipe.destroy()), drainMs)
  }, timeoutMs)
  const clear = () => {
    clearTimeout(timer)
    clearTimeout(drain)
  }
  return { clear, passed: () => passed }
}

function killAll({ pid, nodeChildProcess: { exitCode, signalCode } }: Child): void {
  if (pid !== undefined) killGroup(pid, exitCode !== null || signalCode !== null)
}
