import { CniError } from '@vethra/cni'
import { floodingOp } from '@vethra/firewall'
import { encodeNftBatch } from '@vethra/netlink'
import { openSession } from '../netlink/session.ts'

/** Names an address in table `inet vethra`; nothing where a host has no such table, or it has no room. */
export function restrainAddress(address: string): void {
  const session = openSession('')
  try {
    session.netfilter(encodeNftBatch([floodingOp(address)]))
  } catch (error) {
    // Questions are answered all the same: the resolver itself drops what is too much.
    if (!(error instanceof CniError)) throw error
  } finally {
    session.close()
  }
}
