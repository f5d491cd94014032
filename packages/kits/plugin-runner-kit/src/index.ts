/**
 * The conformance suite of PluginRunner for those that start executables. Not for plugins: it writes
 * its own.
 */
export { describePluginRunner } from './describe-plugin-runner.ts'
export type { OpenRunner, RunnerLimits, RunnerSubject } from './subject.ts'
