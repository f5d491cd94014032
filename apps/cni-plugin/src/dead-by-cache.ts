import { existsSync } from 'node:fs'
import type { Reservation } from '@vethra/ipam'
import type { CachedAttachment } from '@vethra/world'

/**
 * Tells which reservations of a network look dead: those without a holder, and those whose cached
 * attachment names a network namespace that is not there any more. Only for showing: no proof.
 */
export function deadByCache(
  network: string,
  cached: readonly CachedAttachment[],
): (reservation: Reservation) => boolean {
  const gone = new Set(
    cached
      .filter((entry) => entry.network === network && entry.attachment.netns !== '')
      .filter(({ attachment }) => !existsSync(attachment.netns))
      .map(({ attachment }) => `${attachment.containerId}\n${attachment.ifname}`),
  )
  return ({ containerId, ifname }) => containerId === '' || gone.has(`${containerId}\n${ifname}`)
}
