import { randomInt } from 'node:crypto'
import { orElse } from '@vethra/cni'
import { floodingOp } from '@vethra/firewall'
import { encodeNftBatch } from '@vethra/netlink'
import type { DnsSockets } from '@vethra/world'
import { openSession } from '../netlink/session.ts'
import { askServer } from './ask-in-bun.ts'
import { openLineSink, readLineSink } from './line-socket.ts'
import { serveTcp } from './tcp-in-bun.ts'
import { serveUdp } from './udp-in-bun.ts'

/** The sockets of this host: for bun, which takes over sockets that are bound already. */
export function dnsSockets(): DnsSockets {
  return {
    async listen(address, hearer) {
      const closeUdp = await serveUdp(address, hearer)
      try {
        const closeTcp = serveTcp(address, hearer)
        return {
          address,
          close: () => {
            closeUdp()
            closeTcp()
          },
        }
      } catch (error) {
        closeUdp()
        throw error
      }
    },
    ask: askServer,
    restrain: restrainAddress,
    openLines: openLineSink,
    readLines: readLineSink,
    randomId: () => randomInt(65_536),
  }
}

/** Names an address in table `inet vethra`; nothing where a host has no such table, or it has no room. */
function restrainAddress(address: string): void {
  const session = openSession('')
  try {
    // Without it questions are answered all the same: the resolver itself drops what is too much.
    orElse(() => session.netfilter(encodeNftBatch([floodingOp(address)])), undefined)
  } finally {
    session.close()
  }
}
