/**
 * The runner of plugins on `Bun.spawn`, for the executable, where a library would cost start-up time.
 */
export { type BunPluginExecOptions, bunPluginExec } from './bun-plugin-exec.ts'
