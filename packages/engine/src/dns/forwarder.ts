import {
  ageAnswer,
  answerSeconds,
  cacheKey,
  type DnsMessage,
  dnsRcode,
  findAnswer,
  formatReply,
  keepAnswer,
  keptAnswer,
  makeDnsCache,
  relayAnswer,
  staleAnswer,
} from '@vethra/dns'
import { askUpstream, type UpstreamTools } from './ask-upstream.ts'

/** A question that is for upstream. */
interface Forwarded {
  readonly message: DnsMessage
  readonly isTcp: boolean
  /** The address that asked. */
  readonly asker: string
  /** In their order; none where there are none. */
  readonly servers: readonly string[]
}

/** Asks upstream, and remembers. */
export interface Forwarder {
  /** The octets of the answer: at once where it is remembered. */
  forward(forwarded: Forwarded): Uint8Array | Promise<Uint8Array>
  /** Forgets all answers: upstream is another one. */
  forget(): void
}

/** Bounds of a forwarder. */
export interface ForwarderBounds {
  /** Answers that are kept. */
  readonly mostEntries: number
  /** Octets of them. */
  readonly mostOctets: number
  /** Questions that are under way at once. */
  readonly most: number
  /** Those of one client. */
  readonly mostOfOne: number
}

/** Bounds for a host. */
const usualBounds: ForwarderBounds = {
  mostEntries: 20_000,
  mostOctets: 8 << 20,
  most: 2000,
  mostOfOne: 200,
}

/** Stale answers are given for so long: RFC 8767, section 5, has one to three days. */
const mostStaleSeconds = 86_400
/** Upstream may take so long before a stale answer is given: RFC 8767, section 5. */
const staleAfterMs = 1800

// RFC 8914, section 4.
const noReachable = { code: 22, text: 'no upstream resolver answers' }
const tooMany = { code: 0, text: 'too many questions of this client wait' }
const isStale = { stale: true } as const

/** A forwarder with an empty cache. `nowMs` goes forward alone. */
export function newForwarder(
  tools: UpstreamTools & { readonly nowMs: () => number },
  bounds: ForwarderBounds = usualBounds,
): Forwarder {
  let cache = makeDnsCache(bounds.mostEntries, bounds.mostOctets)
  const asked = new Map<string, Promise<Uint8Array | undefined>>()
  const waiting = new Map<string, number>()
  const seconds = () => tools.nowMs() / 1000

  const ask = async (key: string, { message, servers }: Forwarded) => {
    const into = cache
    const answer = await askUpstream(tools, message, servers)
    if (answer === undefined) return undefined
    const octets = keptAnswer(answer)
    const ttlSeconds = answerSeconds(answer)
    const failed = answer.rcode !== dnsRcode.NOERROR && answer.rcode !== dnsRcode.NXDOMAIN
    // What was good is worth more, though stale, than that upstream fails.
    const known = failed ? findAnswer(into, key, seconds()) : undefined
    if (known === undefined && ttlSeconds > 0) {
      keepAnswer(into, key, { octets, atSeconds: seconds(), ttlSeconds })
    }
    return known && known.ageSeconds < mostStaleSeconds ? staleAnswer(known.octets) : octets
  }

  const joined = (key: string, forwarded: Forwarded) => {
    const running = asked.get(key)
    if (running !== undefined) return running
    const begun = ask(key, forwarded).finally(() => asked.delete(key))
    asked.set(key, begun)
    return begun
  }

  const count = (asker: string, change: number) => {
    const left = (waiting.get(asker) ?? 0) + change
    if (left > 0) waiting.set(asker, left)
    else waiting.delete(asker)
  }

  const wait = async (key: string, forwarded: Forwarded): Promise<Uint8Array> => {
    const { message, isTcp, asker } = forwarded
    count(asker, 1)
    const stale = findAnswer(cache, key, seconds())
    const usable = stale !== undefined && stale.ageSeconds < mostStaleSeconds
    const running = joined(key, forwarded)
    const late = () => tools.sleep(staleAfterMs).then(() => isStale)
    const octets = await (usable ? Promise.race([running, late()]) : running)
    count(asker, -1)
    const chosen = octets instanceof Uint8Array ? octets : usable && staleAnswer(stale.octets)
    if (chosen) return relayAnswer({ message, octets: chosen, isTcp })
    return formatReply({ message, rcode: dnsRcode.SERVFAIL, isTcp, reason: noReachable })
  }

  return {
    forward(forwarded) {
      const { message, isTcp, asker, servers } = forwarded
      const key = `${cacheKey(message)} ${servers.join()}`
      const found = findAnswer(cache, key, seconds())
      if (found?.kind === 'fresh') {
        const octets = ageAnswer(found.octets, found.ageSeconds)
        return relayAnswer({ message, octets, isTcp })
      }
      const isFull = asked.size >= bounds.most || (waiting.get(asker) ?? 0) >= bounds.mostOfOne
      if (servers.length > 0 && !isFull) return wait(key, forwarded)
      const reason = servers.length > 0 ? tooMany : noReachable
      return formatReply({ message, rcode: dnsRcode.SERVFAIL, isTcp, reason })
    },
    forget: () => {
      cache = makeDnsCache(bounds.mostEntries, bounds.mostOctets)
    },
  }
}
