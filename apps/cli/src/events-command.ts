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
      'vethra events --filter type=network --filter event=connect',
      'vethra events --filter container=web --format json | jq .Message',
      "vethra events --format '{{.Time}} {{.Type}} {{.Subject}}'",
    ],
  })
    .option(
      '--since <time>',
      'begin at a time (2026-01-31T12:00:00Z), so long ago (1h30m), or after an id',
    )
    .option(
      '--no-follow',
      'end after the existing ones: all that are kept, unless --since is given',
    )
    .option(
      '--filter <key=value>',
      'type, event, network, container, namespace or by (repeatable)',
      gather,
      [],
    )
    .option('--format <format>', 'text, json (an object a line) or a template', 'text')
    .action(async (flags: EventFlags) => printEvents(call, flags))
}

async function printEvents(call: Call, flags: EventFlags): Promise<void> {
  const { io } = call
  const { follow } = flags
  const { events } = await openWorld(call)
  const render = rendererOf(flags.format)
  const passes = eventFilter(flags.filter)
  const since = sinceOf(flags.since, io.now())
  const isDue = ({ Time }: HostEvent) => since?.kind !== 'time' || Date.parse(Time) >= since.fromMs
  const reading: EventReading = {
    after: since?.kind === 'id' ? since.id : since || !follow ? '0' : undefined,
    follow,
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
    const { after, hand } = reading
    const daemon = await openDaemon(call)
    const place = present({ after })
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

function rendererOf(format: string): (event: HostEvent) => string {
  if (format === 'json') return (event) => JSON.stringify(event)
  if (format !== 'text') return readFormat(format, eventShape)
  return ({ Time, Type, Message, Causes = [] }) =>
    [`${Time} ${Type} ${Message}`, ...Causes.map((each) => `  ${each}`)].map(oneLine).join('\n')
}
