import { existsSync } from 'node:fs'
import type { Reservation } from '@vethra/ipam'
import type { CachedAttachment } from '@vethra/world'

/** The reservations that look dead: without a holder, or with a cached netns that is missing. For showing only: no proof. */
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
