import {
  ageAnswer,
  answerSeconds,
  cacheKey,
  type DnsMessage,
  dnsRcode,
  type ExtendedError,
  type FoundAnswer,
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

/** Forwards questions upstream, and caches the answers. */
export interface Forwarder {
  /** The octets of the answer: at once where it is remembered. */
  forward(forwarded: Forwarded): Uint8Array | Promise<Uint8Array>
  /** Forgets all answers: upstream is another one. */
  forget(): void
}

/** Bounds of a forwarder. */
export interface ForwarderBounds extends CacheBounds {
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

/** Upstream may take so long before a stale answer is given: RFC 8767, section 5. */
const staleAfterMs = 1800

// RFC 8914, section 4.
const noReachable = { code: 22, text: 'no upstream resolver answers' }
const tooMany = { code: 0, text: 'too many questions of this client wait' }

/** A forwarder with an empty cache. */
export function newForwarder(tools: AnswerTools, bounds: ForwarderBounds = usualBounds): Forwarder {
  const answers = newUpstreamAnswers(tools, bounds)
  const waiting = new Map<string, number>()

  const count = (asker: string, change: number) => {
    const left = (waiting.get(asker) ?? 0) + change
    if (left > 0) waiting.set(asker, left)
    else waiting.delete(asker)
  }

  const wait = async (key: string, forwarded: Forwarded): Promise<Uint8Array> => {
    const { message, isTcp, asker, servers } = forwarded
    count(asker, 1)
    const stale = staleFrom(answers.find(key))
    const running = answers.ask(key, message, servers)
    const late = () => tools.sleep(staleAfterMs).then(() => undefined)
    const octets = (await (stale ? Promise.race([running, late()]) : running)) ?? stale
    count(asker, -1)
    return octets ? relayAnswer({ message, octets, isTcp }) : refuse(forwarded, noReachable)
  }

  return {
    forward(forwarded) {
      const { message, isTcp, asker, servers } = forwarded
      const key = `${cacheKey(message)} ${servers.join()}`
      const found = answers.find(key)
      if (found?.kind === 'fresh') {
        const octets = ageAnswer(found.octets, found.ageSeconds)
        return relayAnswer({ message, octets, isTcp })
      }
      if (servers.length === 0) return refuse(forwarded, noReachable)
      const own = waiting.get(asker) ?? 0
      const isFull = answers.underWay() >= bounds.most || own >= bounds.mostOfOne
      return isFull ? refuse(forwarded, tooMany) : wait(key, forwarded)
    },
    forget: answers.forget,
  }
}

function refuse({ message, isTcp }: Forwarded, reason: ExtendedError): Uint8Array {
  return formatReply({ message, rcode: dnsRcode.SERVFAIL, isTcp, reason })
}

type AnswerTools = UpstreamTools & { readonly nowMs: () => number }

interface CacheBounds {
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

function newUpstreamAnswers(tools: AnswerTools, bounds: CacheBounds): UpstreamAnswers {
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

// The octets of an answer to be given though it may be stale; undefined when there is none, or it is too old.
function staleFrom(found: FoundAnswer | undefined): Uint8Array | undefined {
  return found && found.ageSeconds < mostStaleSeconds ? staleAnswer(found.octets) : undefined
}
