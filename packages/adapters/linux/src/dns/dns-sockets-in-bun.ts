import { randomInt } from 'node:crypto'
import type { DnsSockets } from '@vethra/world'
import { askServer } from './ask-in-bun.ts'
import { openLineSink, readLineSink } from './line-socket.ts'
import { restrainAddress } from './restrain-in-bun.ts'
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
