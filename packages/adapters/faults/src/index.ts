/**
 * For tests: has a process die, or a write fail, at a step that an environment variable chooses. Adapters
 * name their steps; without the variable that does nothing. Not for deciding anything.
 */
export { type FaultPoint, faultPoint, pointOf, type StepKind } from './fault-point.ts'
export { type Fault, readFault } from './read-fault.ts'
