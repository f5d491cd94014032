import type { CniError } from '@vethra/cni'
import type { AttachmentKernel } from '@vethra/world'

/**
 * Removes what a network has in the firewall, by its marks: when its containers and its bridge are gone. With the last
 * network goes the rule that other firewalls were given. Done twice, it changes nothing. Returns the first refusal.
 */
export async function removeNetworkEffects(
  kernel: AttachmentKernel,
  network: string,
): Promise<CniError | undefined> {
  const effects = await kernel.effectsOf(network)
  const { failed } = await kernel.apply(
    '',
    effects.map((from) => ({ kind: 'remove', from }) as const),
  )
  return failed?.error
}
