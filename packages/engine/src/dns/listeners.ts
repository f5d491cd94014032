import { CniError, inUseError } from '@vethra/cni'
import type { DnsHearer, DnsListener, DnsSockets, HostFacts } from '@vethra/world'

/** The addresses that are listened on. */
interface Listeners {
  /** Listens on these addresses, and on no others. Those that are taken are tried again at the next call. */
  set(addresses: readonly string[]): Promise<void>
  /** Why an address is not listened on; undefined where it is. */
  refusal(address: string): CniError | undefined
  close(): void
}

/** Listeners, of no address at first. */
export function newListeners(
  sockets: Pick<DnsSockets, 'listen'>,
  hearer: DnsHearer,
  facts: Pick<HostFacts, 'listeningPorts' | 'socketHolders'>,
): Listeners {
  const open = new Map<string, DnsListener>()
  const refused = new Map<string, CniError>()
  const listen = async (address: string) => {
    try {
      open.set(address, await sockets.listen(address, hearer))
      refused.delete(address)
    } catch (error) {
      if (!(error instanceof CniError)) throw error
      // Reading every process's sockets is for when it is news.
      if (refused.has(address)) return
      refused.set(address, error.code === 102 ? await whoHas(facts, address, error) : error)
    }
  }
  return {
    async set(addresses) {
      const wanted = new Set(addresses)
      for (const [address, listener] of open) {
        if (wanted.has(address)) continue
        listener.close()
        open.delete(address)
      }
      for (const address of refused.keys()) if (!wanted.has(address)) refused.delete(address)
      for (const address of wanted) if (!open.has(address)) await listen(address)
    },
    refusal: (address) => refused.get(address),
    close: () => {
      for (const listener of open.values()) listener.close()
      open.clear()
    },
  }
}

async function whoHas(
  facts: Pick<HostFacts, 'listeningPorts' | 'socketHolders'>,
  address: string,
  cause: CniError,
): Promise<CniError> {
  const everywhere = address.includes(':') ? ['::'] : ['0.0.0.0', '::']
  const taken = (await facts.listeningPorts()).find(
    (each) => each.port === 53 && [address, ...everywhere].includes(each.address),
  )
  if (taken === undefined) return cause
  const holder = (await facts.socketHolders(new Set([taken.inode]))).get(taken.inode)
  const who = holder ? `process ${holder.pid} (${holder.command})` : 'another process'
  return inUseError(
    `cannot answer DNS at ${address}: ${who} listens on port 53/${taken.protocol} of ${taken.address}`,
    {
      hint: 'Have it listen on other addresses alone; names go on by hosts files until then.',
      cause,
    },
  )
}
