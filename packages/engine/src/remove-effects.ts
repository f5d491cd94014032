import type { CniError } from '@vethra/cni'
import type { Owned } from '@vethra/state'
import type { AttachmentKernel } from '@vethra/world'

/** Removes effects with marks of ours, and with the last network the rule in other firewalls. Idempotent. Returns the first refusal. */
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
