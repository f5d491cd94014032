/** The CNI plugins that Vethra is itself, by environment and standard input. Not for running plugins: that is `@vethra/plugin-exec`. */
export { main } from './main.ts'
export type { PluginHost } from './plugin.ts'
