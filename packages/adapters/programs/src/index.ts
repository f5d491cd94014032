/**
 * Runs a program of the host, such as `ip` or `iptables-save`, to its end. Not for CNI plugins, which
 * need deadlines and limits: that is `@vethra/plugin-exec`.
 */
export { type Outcome, runProgram } from './run-program.ts'
