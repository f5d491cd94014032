import {
  ageAnswer,
  cacheKey,
  type DnsMessage,
  dnsRcode,
  type ExtendedError,
  formatReply,
  relayAnswer,
} from '@vethra/dns'
import {
  type AnswerTools,
  type CacheBounds,
  newUpstreamAnswers,
  staleFrom,
} from './upstream-answers.ts'

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
