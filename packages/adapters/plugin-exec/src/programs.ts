/**
 * Runs programs of the host, such as `ip`, to their end, and distinguishes a process from a later one of its number. Not for
 * CNI plugins, which need deadlines and limits.
 */
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
