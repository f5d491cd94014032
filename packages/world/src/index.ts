/** Every port that the engine needs of a host, as types alone: the one thing that the author of an adapter imports. */
export type { Applied, ApplyOptions, AttachmentKernel, FailedChange } from './kernel.ts'
export type { StageWorld } from './stage-world.ts'
