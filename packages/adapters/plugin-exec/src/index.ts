/** Finds CNI plugins on CNI_PATH and runs them as processes. Programs of the host: `@vethra/plugin-exec/programs`. */
export { findPlugin } from './find-plugin.ts'
export type { PluginExecOptions } from './options.ts'
export { pluginExec } from './plugin-exec.ts'
