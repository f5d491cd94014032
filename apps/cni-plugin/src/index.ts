/**
 * The CNI plugins that Vethra is itself, as a runtime or another plugin calls them: environment and
 * standard input as the SPEC says. Not for running plugins: that is `@vethra/plugin-exec`.
 */
export { main } from './main.ts'
export type { PluginHost, PluginWorld } from './plugin-world.ts'
