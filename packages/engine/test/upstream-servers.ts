import { type DnsMessage, formatMessage, loopProbe, parseMessage } from '@vethra/dns'
import type { DnsAsking, DnsReply } from '@vethra/world'

/** For tests: what a server upstream does with a question; undefined for nothing. */
export type SampleServer = (asking: DnsAsking) => Uint8Array | undefined

/** For tests: servers upstream by their address, and a time that is moved by hand. */
export interface SampleUpstream {
  readonly sockets: {
    ask(asking: DnsAsking): Promise<DnsReply>
    randomId(): number
  }
  readonly sleep: (ms: number) => Promise<void>
  readonly nowMs: () => number
  /** Lets so many milliseconds pass, step by step. */
  pass(ms: number): Promise<void>
  /** The servers that were asked, in order, with `tcp ` before those by TCP. */
  readonly asked: string[]
}

/** For tests: servers that behave as given; any other hangs. */
export function sampleUpstream(servers: Readonly<Record<string, SampleServer>>): SampleUpstream {
  const asked: string[] = []
  let now = 0
  let sleepers: { readonly at: number; readonly wake: () => void }[] = []
  let id = 0
  const sleep = (ms: number) =>
    new Promise<void>((wake) => {
      sleepers.push({ at: now + ms, wake })
    })
  return {
    asked,
    sleep,
    nowMs: () => now,
    sockets: {
      randomId: () => {
        id += 1
        return id
      },
      async ask(asking) {
        asked.push(`${asking.overTcp ? 'tcp ' : ''}${asking.server}`)
        const answer = servers[asking.server]?.(asking)
        if (answer !== undefined && asking.accepts(answer)) return answer
        await sleep(asking.timeoutMs)
        return undefined
      },
    },
    async pass(ms) {
      for (const end = now + ms; now < end; now += 50) {
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
        const due = sleepers.filter(({ at }) => at <= now)
        sleepers = sleepers.filter(({ at }) => at > now)
        for (const { wake } of due) wake()
      }
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    },
  }
}

/** For tests: a question of type A. */
export function questionOf(name: string): DnsMessage {
  return { ...loopProbe('0'), id: 7, questions: [{ name, type: 1, class: 1 }] }
}

/** For tests: the answer to what was asked. */
export function answerTo({ octets }: DnsAsking, more: Partial<DnsMessage> = {}): Uint8Array {
  const { id, questions, flags } = parseMessage(octets)
  const [{ name = '' } = {}] = questions
  const answers = [{ name, type: 1, class: 1, ttl: 60, data: [Uint8Array.of(192, 0, 2, 1)] }]
  const message = { ...loopProbe('0'), id, questions, answers, ...more }
  return formatMessage({ ...message, flags: { ...flags, response: true, ...more.flags } }, 65_535)
}
