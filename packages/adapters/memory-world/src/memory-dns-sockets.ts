import { CniError } from '@vethra/cni'
import type { DnsHearer, DnsSockets } from '@vethra/world'

/** Options of DNS sockets in memory. */
export interface MemoryDnsOptions {
  /** The address that questions come from. Default: `10.0.0.2`. */
  readonly asker?: string
  /** Waits for so many milliseconds: until a question that nobody answers is given up. */
  readonly sleep: (ms: number) => Promise<void>
}

/** DNS sockets that lead to each other: whoever listens at an address is asked there, by UDP and TCP alike. */
export function memoryDnsSockets({ asker = '10.0.0.2', sleep }: MemoryDnsOptions): DnsSockets {
  let last = 0
  const listening = new Map<string, DnsHearer>()
  return {
    async listen(address, hearer) {
      if (listening.has(address)) {
        throw new CniError({ code: 102, message: `cannot listen on port 53 of ${address}` })
      }
      listening.set(address, hearer)
      return { address, close: () => void listening.delete(address) }
    },
    randomId: () => {
      last = (last + 1) & 0xffff
      return last
    },
    async ask({ server, octets, overTcp, timeoutMs, accepts }) {
      const reply = listening.get(server)?.answer({ octets, asker, at: server, isTcp: overTcp })
      const late = sleep(timeoutMs).then(() => undefined)
      const answered = await (reply instanceof Promise ? Promise.race([reply, late]) : reply)
      return answered !== undefined && accepts(answered) ? answered : undefined
    },
  }
}
