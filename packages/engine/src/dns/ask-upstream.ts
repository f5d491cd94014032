import { checkUpstreamAnswer, type DnsMessage, dnsRcode, formatUpstreamQuery } from '@vethra/dns'
import type { DnsAsking, DnsSockets } from '@vethra/world'
import type { UpstreamHealth } from './upstream-health.ts'

/** The parts that upstream is asked with. */
export interface UpstreamTools {
  readonly sockets: Pick<DnsSockets, 'ask' | 'randomId'>
  readonly sleep: (ms: number) => Promise<void>
  readonly health: Pick<UpstreamHealth, 'order' | 'onOutcome'>
}

/** How long servers may take, in milliseconds. */
const patience = { next: 800, one: 2000, all: 4000 } as const

/** The first good answer of servers, asked in turn twice without giving up earlier ones; else one that says it failed; else undefined. */
export async function askUpstream(
  tools: UpstreamTools,
  message: DnsMessage,
  servers: readonly string[],
): Promise<DnsMessage | undefined> {
  const { promise, resolve } = Promise.withResolvers<DnsMessage | undefined>()
  let failure: DnsMessage | undefined
  let open = 0
  let isDone = false
  const end = (answer: DnsMessage | undefined) => {
    isDone = true
    resolve(answer)
  }
  const usable = tools.health.order(servers)
  const turns = [...usable, ...usable].slice(0, 8)
  void tools.sleep(patience.all).then(() => end(failure))
  const ask = (turn: number): void => {
    const server = turns[turn]
    if (isDone) return
    if (server === undefined) {
      if (open === 0) end(failure)
      return
    }
    open += 1
    let hasNext = false
    const next = () => {
      if (hasNext) return
      hasNext = true
      ask(turn + 1)
    }
    void tools.sleep(patience.next).then(next)
    void askOne(tools, message, server).then((answer) => {
      open -= 1
      tools.health.onOutcome(server, answer !== undefined)
      if (answer !== undefined && isAnswer(answer)) return end(answer)
      failure ??= answer
      if (hasNext && open === 0 && turn + 1 >= turns.length) return end(failure)
      return next()
    })
  }
  ask(0)
  return promise
}

function isAnswer({ rcode }: DnsMessage): boolean {
  return rcode === dnsRcode.NOERROR || rcode === dnsRcode.NXDOMAIN
}

async function askOne(
  tools: UpstreamTools,
  message: DnsMessage,
  server: string,
): Promise<DnsMessage | undefined> {
  const answer = await askOver(tools, { message, server, hasEdns: true })
  // RFC 6891, section 7, and RFC 2671, section 5.3: a server that does not know EDNS.
  if (answer?.rcode === dnsRcode.FORMERR || answer?.rcode === dnsRcode.NOTIMP)
    return askOver(tools, { message, server, hasEdns: false })
  return answer
}

interface OneQuestion {
  readonly message: DnsMessage
  readonly server: string
  readonly hasEdns: boolean
}

async function askOver(
  { sockets }: UpstreamTools,
  { message, server, hasEdns }: OneQuestion,
): Promise<DnsMessage | undefined> {
  const id = sockets.randomId()
  const query = formatUpstreamQuery({ message, id, hasEdns })
  if (query === undefined) return undefined
  const { octets, question } = query
  const check = (answer: Uint8Array) => checkUpstreamAnswer({ question, id, answer })
  const asking: DnsAsking = {
    ...{ server, octets, overTcp: false, timeoutMs: patience.one },
    accepts: (answer) => check(answer).kind !== 'spoofed',
  }
  const first = await sockets.ask(asking)
  if (first === undefined) return undefined
  const checked = check(first)
  if (checked.kind !== 'truncated') return accepted(checked)
  const whole = await sockets.ask({ ...asking, overTcp: true })
  return whole === undefined ? undefined : accepted(check(whole))
}

function accepted(checked: ReturnType<typeof checkUpstreamAnswer>): DnsMessage | undefined {
  return checked.kind === 'accepted' ? checked.message : undefined
}
