import { attribute, nested } from './attributes.ts'
import { addressOctets } from './encode-route-op.ts'
import { flag, type Message } from './messages.ts'
import { be16, join, u8, u32 } from './octets.ts'

const deleteFlows = (1 << 8) | 2
/** CTA_FILTER_F_CTA_IP_SRC: the source of the tuple alone is compared. In host order. */
const bySource = 1

/**
 * Forgets all flows whose replies come from an address: those to a container that is gone, whose rules
 * would never be looked at again. Kernels before 6.9 refuse the filter (EINVAL) and forget nothing.
 */
export function forgetFlows(address: string): Message {
  const { octets, family } = addressOctets(address)
  const source = attribute(family === 2 ? 1 : 3, octets)
  const reply = nested(2, [nested(1, [source])])
  const filter = nested(25, [attribute(2, u32(bySource))])
  const head = join([u8(family), u8(0), be16(0)])
  return { type: deleteFlows, flags: flag.ack, body: join([head, reply, filter]) }
}
