import type { CniError } from '@vethra/cni'
import type { Owned } from '@vethra/state'
import type { AttachmentKernel } from '@vethra/world'

/**
 * Removes some of the effects that bear marks of ours. With the last network goes the rule that other firewalls
 * were given. Done twice, it changes nothing. Returns the first refusal.
 */
export async function removeEffects(
  kernel: AttachmentKernel,
  isDoomed: (effect: Owned) => boolean,
): Promise<CniError | undefined> {
  const doomed = (await kernel.effects()).filter(isDoomed)
  if (doomed.length === 0) return undefined
  const changes = doomed.map((from) => ({ kind: 'remove', from }) as const)
  const { failed } = await kernel.apply('', changes)
  return failed?.error
}
