/** Operations on a host, through ports: the engine awaits, and decides nothing that core can decide. */
export { converge, type Outcome, type Wish } from './converge.ts'
export { addStage, checkStage, delStage, type Stage, type StageOutcome } from './stage.ts'
