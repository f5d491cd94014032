import { eventFilter, type HostEvent, readSince, type Since } from '@vethra/api'
import { CniError, oneLine, present } from '@vethra/cni'
import type { Command } from 'commander'
import type { Call } from './call.ts'
import { type EventReading, readFileEvents, whyUnreadable } from './file-events.ts'
import { gather, unsupported } from './flags.ts'
import { readFormat } from './listing.ts'
import { openDaemon } from './open-daemon.ts'
import { openWorld } from './open-world.ts'
import { subcommand } from './program.ts'
import { eventShape } from './shapes.ts'

interface EventFlags {
  readonly since?: string
  readonly until?: string
  readonly follow: boolean
  readonly filter: readonly string[]
  readonly format: string
}

/** `vethra events`: what commands did on this host, and what the daemon saw. */
export function eventsCommand(program: Command, call: Call): void {
  subcommand(program, 'events', {
    help: 'print what commands do on this host and what the daemon sees, as it happens',
    examples: [
      'vethra events',
      'vethra events --since 1h --no-follow',
      'vethra events --since 2h --until 1h',
      'vethra events --filter type=network --filter event=connect',
      'vethra events --filter container=web --format json | jq .Message',
      "vethra events --format '{{.Time}} {{.Type}} {{.Subject}}'",
    ],
  })
    .option(
      '--since <time>',
      'begin at a time (2026-01-31T12:00:00Z), so long ago (1h30m), or after an id',
    )
    .option('--until <time>', 'end at a time, or at the one so long ago')
    .option(
      '--no-follow',
      'end after the existing ones: all that are kept, unless --since is given',
    )
    .option(
      '-f, --filter <key=value>',
      'type, event, network, container, namespace or by (repeatable)',
      gather,
      [],
    )
    .option('--format <format>', 'text, json (an object a line) or a template', 'text')
    .action(async (flags: EventFlags) => printEvents(call, flags))
}

async function printEvents(call: Call, flags: EventFlags): Promise<void> {
  const { io } = call
  const { events } = await openWorld(call)
  const render = rendererOf(flags.format)
  const passes = eventFilter(flags.filter)
  const since = sinceOf(flags.since, io.now())
  const untilMs = untilOf(flags.until, io.now())
  const follow = flags.follow && untilMs > io.now()
  const fromMs = since?.kind === 'time' ? since.fromMs : 0
  const isDue = ({ Time }: HostEvent) => {
    const atMs = Date.parse(Time)
    return atMs >= fromMs && atMs <= untilMs
  }
  const reading: EventReading = {
    after: since?.kind === 'id' ? since.id : since || !follow ? '0' : undefined,
    follow,
    signal: follow ? abortedAt(untilMs, io) : undefined,
    onLost: () =>
      io.complain('warning: events after that id may be missing: older ones are removed'),
    hand(event) {
      if (isDue(event) && passes(event)) io.print(render(event))
      return !io.isLost()
    },
  }
  const unreadable = await whyUnreadable(events)
  if (unreadable === undefined) return readFileEvents(events, reading)
  try {
    const { after, hand, signal } = reading
    const daemon = await openDaemon(call)
    const place = present({ after, signal })
    for await (const event of daemon.events({ follow, ...place })) if (!hand(event)) return
  } catch (error) {
    if (error instanceof CniError && error.code === 101) throw unreadable
    throw error
  }
}

function sinceOf(text: string | undefined, nowMs: number): Since | undefined {
  if (text === undefined) return undefined
  const since = readSince(text, nowMs)
  if (since) return since
  throw unsupported(
    '--since',
    text,
    'a time like 2026-01-31T12:00:00Z, a duration like 1h30m, or the id of an event',
  )
}

// Without one, the end of time.
function untilOf(text: string | undefined, nowMs: number): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  const until = readSince(text, nowMs)
  if (until?.kind === 'time') return until.fromMs
  throw unsupported('--until', text, 'a time like 2026-01-31T12:00:00Z, or a duration like 1h30m')
}

// A timer holds 24 days at most.
const longestMs = 2 ** 31 - 1

function abortedAt(atMs: number, { now }: Pick<Call['io'], 'now'>): AbortSignal | undefined {
  if (atMs === Number.POSITIVE_INFINITY) return undefined
  const end = new AbortController()
  const wait = () => {
    const leftMs = atMs - now()
    if (leftMs <= 0) end.abort()
    else setTimeout(wait, Math.min(leftMs, longestMs)).unref()
  }
  wait()
  return end.signal
}

function rendererOf(format: string): (event: HostEvent) => string {
  if (format === 'json') return (event) => JSON.stringify(event)
  if (format !== 'text') return readFormat(format, eventShape)
  return ({ Time, Type, Message, Causes = [] }) =>
    [`${Time} ${Type} ${Message}`, ...Causes.map((each) => `  ${each}`)].map(oneLine).join('\n')
}
