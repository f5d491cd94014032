import { formatMessage, loopProbe } from '@vethra/dns'
import type { DnsSockets } from '@vethra/world'

/** Questions to servers upstream that come back here when such a server asks this resolver in turn. */
interface UpstreamProbes {
  /** Sends one. Returns whether it came back while its answer was waited for. Never rejects. */
  send(server: string): Promise<boolean>
  /** The server that a probe that came back was sent to; undefined for one that is not under way. */
  cameBack(token: string): string | undefined
}

/** How long an answer to a probe is waited for, in milliseconds. */
const probeMs = 1000

/** Probes of which none has been sent. */
export function newUpstreamProbes(sockets: Pick<DnsSockets, 'ask' | 'randomId'>): UpstreamProbes {
  const sent = new Map<string, string>()
  return {
    async send(server) {
      const token = [1, 2, 3, 4]
        .map(() => sockets.randomId().toString(16).padStart(4, '0'))
        .join('')
      sent.set(token, server)
      const id = sockets.randomId()
      const octets = formatMessage({ ...loopProbe(token), id }, 512)
      const accepts = (answer: Uint8Array) => answer[0] === id >> 8 && answer[1] === (id & 255)
      await sockets.ask({ server, octets, overTcp: false, timeoutMs: probeMs, accepts })
      return !sent.delete(token)
    },
    cameBack(token) {
      const server = sent.get(token)
      sent.delete(token)
      return server
    },
  }
}
