/**
 * Finds CNI plugins on the folders of CNI_PATH and runs them as processes. Not for deciding what runs, nor for
 * programs of the host: those are `@vethra/plugin-exec/programs`.
 */
export { findPlugin } from './find-plugin.ts'
export type { PluginExecOptions } from './options.ts'
export { pluginExec } from './plugin-exec.ts'
