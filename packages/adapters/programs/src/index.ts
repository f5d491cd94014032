/**
 * Runs a program of the host, such as `ip` or `iptables-save`, to its end, and tells a process from a later one
 * of its number. Not for CNI plugins, which need deadlines and limits: that is `@vethra/plugin-exec`.
 */
export {
  allPids,
  isAlive,
  isFree,
  isOfOurs,
  namesIn,
  type Process,
  processAt,
  textOf,
} from './processes.ts'
export { type Outcome, runProgram } from './run-program.ts'
