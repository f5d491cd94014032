/**
 * Finds CNI plugins on the folders of CNI_PATH and runs them on `Bun.spawn`: for the executable, where a
 * library would cost start-up time. Under Node that is `@vethra/plugin-exec`.
 */
export { type BunPluginExecOptions, bunPluginExec } from './bun-plugin-exec.ts'
