import { type CniError, inUseError } from '@vethra/cni'
import { formatMessage, loopProbe } from '@vethra/dns'
import type { DnsSockets } from '@vethra/world'

/** Knowledge of upstream resolvers: those that do not answer, and those that ask us in turn. */
export interface UpstreamHealth {
  /** Those to ask, in their order: the silent ones come last, and those that ask us are left out. */
  order(servers: readonly string[]): readonly string[]
  /** Whether a server has answered a question, be it with a failure. */
  onOutcome(server: string, answered: boolean): void
  /** A probe has come back to us. */
  onLoop(token: string): void
  /** Probes servers that were never probed, and those that asked us a while ago. Forgets all others. Never rejects. */
  probe(servers: readonly string[]): Promise<void>
  /** The servers that are not asked as they should be, and why. */
  faults(): readonly UpstreamFault[]
}

/** A server, and what is wrong with it. */
export interface UpstreamFault {
  readonly Server: string
  readonly Fault: string
}

interface HealthTools {
  readonly sockets: Pick<DnsSockets, 'ask' | 'randomId'>
  /** Goes forward. */
  readonly nowMs: () => number
  readonly onReport: (report: CniError) => void
}

interface Known {
  failures: number
  loops: boolean
  /** Absent while it is to be probed at once. */
  probedAtMs?: number | undefined
  reportedAtMs?: number
  seenAtMs: number
}

/** So many questions in a row without an answer, and a server is silent. */
const mostFailures = 3
/** In milliseconds: how soon a bad server is probed again, how often it is reported, and when it is forgotten. */
const [againMs, reportMs, forgetMs] = [30_000, 60_000, 600_000]
/** Containers may name servers of their own. */
const mostServers = 256

/** The health of servers before any of them was asked. */
export function newUpstreamHealth({ sockets, nowMs, onReport }: HealthTools): UpstreamHealth {
  const known = new Map<string, Known>()
  const probes = newUpstreamProbes(sockets)
  const of = (server: string) => knownOf(known, server, nowMs())
  const report = (server: string, each: Known) => {
    if (each.reportedAtMs !== undefined && nowMs() - each.reportedAtMs < reportMs) return
    each.reportedAtMs = nowMs()
    onReport(faultOf(server, each))
  }
  const probeOne = async (server: string) => {
    of(server).probedAtMs = nowMs()
    // A server that asks us has done so by then.
    if (!(await probes.send(server))) of(server).loops = false
  }
  const isDue = (server: string) => {
    const { probedAtMs, ...each } = of(server)
    return probedAtMs === undefined || (isBad(each) && nowMs() - probedAtMs >= againMs)
  }
  return {
    order: (servers) => usableOf(known, servers),
    onOutcome(server, answered) {
      const each = of(server)
      each.seenAtMs = nowMs()
      each.failures = answered ? 0 : each.failures + 1
      if (each.failures !== mostFailures || each.loops) return
      each.probedAtMs = undefined
      report(server, each)
    },
    onLoop(token) {
      const server = probes.cameBack(token)
      if (server === undefined) return
      of(server).loops = true
      report(server, of(server))
    },
    async probe(servers) {
      const wanted = new Set(servers)
      forgetUnused(known, wanted, nowMs())
      const bad = [...known].flatMap(([server, each]) => (isBad(each) ? [server] : []))
      const due = [...new Set([...wanted, ...bad])].filter(isDue)
      await Promise.all(due.map(probeOne))
    },
    faults: () => faultsIn(known),
  }
}

function knownOf(known: Map<string, Known>, server: string, nowMs: number): Known {
  const found = known.get(server)
  if (found) return found
  const made = { failures: 0, loops: false, seenAtMs: nowMs }
  if (known.size < mostServers) known.set(server, made)
  return made
}

function forgetUnused(known: Map<string, Known>, wanted: ReadonlySet<string>, nowMs: number): void {
  for (const [server, { seenAtMs }] of known) {
    if (!wanted.has(server) && nowMs - seenAtMs > forgetMs) known.delete(server)
  }
}

function usableOf(
  known: ReadonlyMap<string, Known>,
  servers: readonly string[],
): readonly string[] {
  const usable = servers.filter((each) => known.get(each)?.loops !== true)
  const isSilent = (each: string) => (known.get(each)?.failures ?? 0) >= mostFailures
  return [...usable.filter((each) => !isSilent(each)), ...usable.filter(isSilent)]
}

function faultsIn(known: ReadonlyMap<string, Known>): readonly UpstreamFault[] {
  return [...known].flatMap(([Server, each]) =>
    isBad(each) ? [{ Server, Fault: faultOf(Server, each).message }] : [],
  )
}

function isBad({ loops, failures }: Pick<Known, 'loops' | 'failures'>): boolean {
  return loops || failures >= mostFailures
}

function faultOf(server: string, { loops }: Known): CniError {
  return loops
    ? inUseError(
        `upstream resolver ${server} forwards questions to this resolver: a loop`,
        'Remove the addresses of bridges from its servers; it is not asked until then.',
      )
    : inUseError(
        `upstream resolver ${server} does not answer`,
        'Look at the nameservers in /etc/resolv.conf, or that --dns names; the others are asked first.',
      )
}

/** Questions to servers upstream that come back here when such a server asks this resolver in turn. */
interface UpstreamProbes {
  /** Sends one. Returns whether it came back while its answer was waited for. Never rejects. */
  send(server: string): Promise<boolean>
  /** The server that a probe that came back was sent to; undefined for one that is not under way. */
  cameBack(token: string): string | undefined
}

/** How long an answer to a probe is waited for, in milliseconds. */
const probeMs = 1000

function newUpstreamProbes(sockets: Pick<DnsSockets, 'ask' | 'randomId'>): UpstreamProbes {
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
