/**
 * The protocol's cases against any plugin executable. It starts nothing itself: processes and
 * namespaces are handed in by the test file that calls it. Not for what one plugin alone promises.
 */
export { describePlugin } from './describe-plugin.ts'
export type { OpenPlugin, PluginRun, PluginSubject, PluginTraits } from './subject.ts'
