import type { AttachmentRef } from './attachment-ref.ts'

/** What is to be done about a finding, said by its effect. Whoever does it looks again right before. */
export type Repair =
  /** Detach what is attached to a namespace that is gone, is another, or was never finished. */
  | { readonly kind: 'detach'; readonly attachment: AttachmentRef }
  /** Give back an address that nobody holds. */
  | {
      readonly kind: 'release-address'
      readonly dataDir: string
      readonly network: string
      readonly reservation: RepairedReservation
    }

/** A reservation as it was seen. */
export interface RepairedReservation {
  readonly address: string
  readonly containerId: string
  readonly ifname?: string
  readonly sinceMs: number
}

/** What a repair does, in words. */
export function describeRepair(repair: Repair): string {
  switch (repair.kind) {
    case 'detach': {
      const { network, containerId, ifname } = repair.attachment
      return `detach ${ifname} of container ${containerId} from network ${network}`
    }
    case 'release-address':
      return `release ${repair.reservation.address} of network ${repair.network}`
  }
}
