/** Runs programs of the host, such as `ip`, to their end, tells processes of one number apart, and finds CNI plugins. Not for running these. */
export { pluginFile } from './find-plugin.ts'
export {
  allPids,
  environmentByUs,
  isAlive,
  isFree,
  isLeftByUs,
  isOfOurs,
  namesIn,
  ownPids,
  type Process,
  processAt,
  socketsOf,
  textOf,
} from './processes.ts'
export type { Outcome } from './program-outcome.ts'
export { runProgram } from './run-program.ts'
