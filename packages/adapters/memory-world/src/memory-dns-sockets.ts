import { inUseError, notFoundError } from '@vethra/cni'
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
      if (listening.has(address)) throw inUseError(`cannot listen on port 53 of ${address}`)
      listening.set(address, hearer)
      return { address, close: () => void listening.delete(address) }
    },
    ...memoryLines(),
    restrain: () => {},
    randomId: () => {
      last = (last + 1) & 0xffff
      return last
    },
    async ask({ server, octets, overTcp, timeoutMs, accepts }) {
      const query = { octets, asker, at: server, isTcp: overTcp, isBehind: false }
      const reply = listening.get(server)?.answer(query)
      const late = sleep(timeoutMs).then(() => undefined)
      const answered = await (reply instanceof Promise ? Promise.race([reply, late]) : reply)
      return answered !== undefined && accepts(answered) ? answered : undefined
    },
  }
}

function memoryLines(): Pick<DnsSockets, 'openLines' | 'readLines'> {
  const sinks = new Map<string, Map<(line: string) => boolean, () => void>>()
  return {
    async openLines(path) {
      const readers = new Map<(line: string) => boolean, () => void>()
      sinks.set(path, readers)
      return {
        isRead: () => readers.size > 0,
        write: (line) => {
          for (const [read, end] of readers) if (!read(line)) end()
        },
        close: () => {
          sinks.delete(path)
          for (const end of readers.values()) end()
        },
      }
    },
    readLines: (path, onLine) =>
      new Promise((resolve, reject) => {
        const readers = sinks.get(path)
        const end = () => {
          readers?.delete(onLine)
          resolve()
        }
        if (readers) readers.set(onLine, end)
        else reject(notFoundError(`no process listens at ${path}`))
      }),
  }
}
