import {
  answerSeconds,
  type DnsMessage,
  dnsRcode,
  type FoundAnswer,
  findAnswer,
  keepAnswer,
  keptAnswer,
  makeDnsCache,
  staleAnswer,
} from '@vethra/dns'
import { askUpstream, type UpstreamTools } from './ask-upstream.ts'

/** The parts that answers of upstream are got and aged with. `nowMs` goes forward alone. */
export type AnswerTools = UpstreamTools & { readonly nowMs: () => number }

/** Bounds of the answers that are kept. */
export interface CacheBounds {
  readonly mostEntries: number
  /** Octets of all answers. */
  readonly mostOctets: number
}

/** The answers of upstream that are kept, and the questions that are under way. */
interface UpstreamAnswers {
  /** The answer under a key, fresh or stale by now. */
  find(key: string): FoundAnswer | undefined
  /** Asks upstream, once for equal questions at once, and caches; a stale answer beats a server's failure. Undefined without any. */
  ask(key: string, message: DnsMessage, servers: readonly string[]): Promise<Uint8Array | undefined>
  /** How many questions are under way. */
  underWay(): number
  /** Forgets all answers: upstream is another one. */
  forget(): void
}

/** Stale answers are given for so long: RFC 8767, section 5, has one to three days. */
const mostStaleSeconds = 86_400

/** An empty cache of upstream answers, with no question under way. */
export function newUpstreamAnswers(tools: AnswerTools, bounds: CacheBounds): UpstreamAnswers {
  const emptyCache = () => makeDnsCache(bounds.mostEntries, bounds.mostOctets)
  const asked = new Map<string, Promise<Uint8Array | undefined>>()
  const seconds = () => tools.nowMs() / 1000
  let cache = emptyCache()

  const askOnce = async (key: string, message: DnsMessage, servers: readonly string[]) => {
    // What comes after all is forgotten is not kept.
    const into = cache
    const answer = await askUpstream(tools, message, servers)
    if (answer === undefined) return undefined
    const octets = keptAnswer(answer)
    const ttlSeconds = answerSeconds(answer)
    const failed = answer.rcode !== dnsRcode.NOERROR && answer.rcode !== dnsRcode.NXDOMAIN
    // What was good is worth more, though stale, than that upstream fails.
    const known = failed ? findAnswer(into, key, seconds()) : undefined
    if (known === undefined && ttlSeconds > 0)
      keepAnswer(into, key, { octets, atSeconds: seconds(), ttlSeconds })
    return staleFrom(known) ?? octets
  }

  return {
    find: (key) => findAnswer(cache, key, seconds()),
    ask(key, message, servers) {
      const begun =
        asked.get(key) ?? askOnce(key, message, servers).finally(() => asked.delete(key))
      asked.set(key, begun)
      return begun
    },
    underWay: () => asked.size,
    forget: () => {
      cache = emptyCache()
    },
  }
}

/** The octets of an answer to be given though it may be stale; undefined when there is none, or it is too old. */
export function staleFrom(found: FoundAnswer | undefined): Uint8Array | undefined {
  return found && found.ageSeconds < mostStaleSeconds ? staleAnswer(found.octets) : undefined
}
