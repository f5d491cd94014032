/** The runner of plugins on `Bun.spawn`, for the executable, where a library would cost start-up time. */
export { bunPluginExec } from './bun-plugin-exec.ts'
