import { existsSync } from 'node:fs'
import type { Reservation } from '@vethra/ipam'
import { diskResultCache } from '@vethra/memory'

/**
 * Tells which reservations of a network look dead: those without a holder, and those whose cached
 * attachment names a network namespace that is not there any more. Only for showing: no proof.
 */
export async function deadByCache(network: string): Promise<(reservation: Reservation) => boolean> {
  const cached = await diskResultCache({ dir: '/var/lib/cni' }).list()
  const gone = new Set(
    cached
      .filter((entry) => entry.network === network && entry.attachment.netns !== '')
      .filter(({ attachment }) => !existsSync(attachment.netns))
      .map(({ attachment }) => `${attachment.containerId}\n${attachment.ifname}`),
  )
  return ({ containerId, ifname }) => containerId === '' || gone.has(`${containerId}\n${ifname}`)
}
