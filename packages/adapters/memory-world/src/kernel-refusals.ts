import { type CniError, ioError, netnsError } from '@vethra/cni'
import {
  type Change,
  describeChange,
  type FeatureName,
  keyOf,
  linkFeatures,
  resourceHint,
  targetOf,
} from '@vethra/state'

/** Whether a change is of a setting below /proc/sys that this kernel has not. */
export function lacksSetting(change: Change, hasSetting: (key: string) => boolean): boolean {
  const { resource } = targetOf(change)
  return resource.kind === 'sysctl' && !hasSetting(resource.key)
}

/** The refusal of an interface whose kind needs a feature that is lacking, with the hint that a kernel's adapter gives. */
export function lackOf(change: Change, lacks: readonly FeatureName[]): CniError | undefined {
  const { resource } = targetOf(change)
  if (change.kind === 'remove' || resource.kind !== 'link') return undefined
  if (!lacks.includes(linkFeatures[resource.type.name])) return undefined
  const hint = resourceHint(resource)
  const message = `cannot ${describeChange(change)}: not supported by this kernel`
  return ioError(message, hint)
}

/** The refusal of a setting that is missing; none for an optional one: without it a kernel is as good. */
export function notThere(change: Change): CniError | undefined {
  const { resource } = targetOf(change)
  const isOptional = resource.kind === 'sysctl' && resource.optional === true
  return isOptional ? undefined : ioError(`cannot write ${keyOf(resource)}: it is missing`)
}

/** The refusal of a namespace that cannot be opened. */
export function notEntered(netns: string): CniError {
  return netnsError(`cannot open network namespace ${netns}`)
}
