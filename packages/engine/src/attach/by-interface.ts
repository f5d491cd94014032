import type { AttachmentKey } from '@vethra/cni'

type Interface = Pick<AttachmentKey, 'ifname'>

/** The order of a container's interfaces: `eth10` comes after `eth9`. */
export function byInterface(a: Interface, b: Interface): number {
  return a.ifname.length - b.ifname.length || (a.ifname < b.ifname ? -1 : 1)
}
