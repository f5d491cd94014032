/** Runs programs of the host, such as `ip`, to their end, and tells processes of one number apart. Not for CNI plugins. */
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
  textOf,
} from './processes.ts'
export type { Outcome } from './program-outcome.ts'
export { runProgram } from './run-program.ts'
