import {
  exitStatus,
  type PluginExit,
  pluginEnvironment,
  pluginFailure,
  pluginNotStarted,
} from '@vethra/cni'
import { faultPoint } from '@vethra/files'
import type { PluginRunner } from '@vethra/world'
import { findPlugin } from './find-plugin.ts'
import { heedChildren } from './heed-children.ts'
import { busyAttempts, busyPauseMs, limitsOf, type PluginExecOptions } from './options.ts'
import { type Child, type StartedPlugin, watch } from './watch-in-bun.ts'

/** A PluginRunner by `Bun.spawn`; a plugin being written (ETXTBSY) is tried six times, a second apart. Throws CniError 104 for limits, 5. */
export function bunPluginExec(options: PluginExecOptions): PluginRunner {
  return {
    run: async (call) => {
      const path = findPlugin(call.type, options.path)
      const exit = await execute({ path, call, limits: limitsOf(options, call) }, options)
      options.onReport?.({ ...exit, call })
      if (exit.status !== 'exit status 0') throw pluginFailure(exit)
      return exit.stdout
    },
  }
}

async function execute(plugin: StartedPlugin, options: PluginExecOptions): Promise<PluginExit> {
  const { path, call } = plugin
  const started = performance.now()
  faultPoint('plugin', `${call.operation} ${call.type}, to be started`)
  const child = await start(plugin, options)
  faultPoint('plugin', `${call.operation} ${call.type}, running`)
  const { stdout, stderr } = await watch(child, plugin)
  faultPoint('plugin', `${call.operation} ${call.type}, ended`)
  const status = exitStatus(
    child.exitCode,
    child.signalCode === null ? null : String(child.signalCode),
  )
  return { path, stdout, stderr, status, elapsedMs: performance.now() - started }
}

async function start(
  { path, call, limits }: StartedPlugin,
  options: PluginExecOptions,
): Promise<Child> {
  heedChildren()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return Bun.spawn({
        cmd: [path],
        env: { ...options.env, ...pluginEnvironment(call, options.path) },
        // The folder of now is a bundle's, a person's, or deleted: none of it is the plugin's business.
        cwd: '/',
        stdin: Buffer.from(call.stdin),
        stdout: 'pipe',
        stderr: 'pipe',
        // A session and process group of its own, so that all of it can be killed at once.
        detached: true,
      })
    } catch (cause) {
      const code = String((cause as { code?: unknown }).code)
      const last = attempt === busyAttempts || attempt * busyPauseMs > limits.timeoutMs
      if (code !== 'ETXTBSY' || last) throw pluginNotStarted(path, code, cause)
      await Bun.sleep(busyPauseMs)
    }
  }
}
