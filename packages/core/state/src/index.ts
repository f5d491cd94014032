/** Desired and observed state as resources with owners, their difference in a safe order, its inverse. Knows no plugin, acts on no host. */
export { type Change, describeChange, invert, isAsWanted, targetOf } from './change.ts'
export { type Conflict, conflictsOf } from './conflict.ts'
export { diff, isDue, removedAlone } from './diff.ts'
export * from './effect.ts'
export { publishedTo, subnetsOf } from './effects-of.ts'
export * from './feature-state.ts'
export {
  type FeatureName,
  featureHint,
  linkFeatures,
  resourceHint,
} from './kernel-features.ts'
export { carrierOf, keyOf } from './key.ts'
export type { ModprobeFile } from './module-blocks.ts'
export * from './owner.ts'
export type * from './resource.ts'
