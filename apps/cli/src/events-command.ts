import { setTimeout } from 'node:timers/promises'
import { type DaemonEvent, parseEventStream } from '@vethra/api'
import { CniError, oneLine } from '@vethra/cni'
import type { Io } from '@vethra/world'
import type { Command } from 'commander'
import type { DaemonClient } from './daemon-client.ts'
import { unsupported } from './flags.ts'
import { readFormat } from './listing.ts'
import { subcommand } from './program.ts'

interface EventFlags {
  readonly since?: string
  readonly follow: boolean
  readonly format: string
}

/** How long a daemon that has stopped is waited for: as long as a restart may take. */
const patienceMs = 30_000

/** `vethra events`: what the daemon sees and does. */
export function eventsCommand(program: Command, open: () => Promise<DaemonClient>, io: Io): void {
  subcommand(program, 'events', 'print events of the daemon as they happen', [
    'vethra events',
    'vethra events --since 2026-01-31T12:00:00Z --no-follow',
    'vethra events --format json | jq .Message',
    "vethra events --format '{{.Type}} {{.Subject}}'",
  ])
    .option('--since <time>', 'begin with those after a time, or after an id; 0 for all kept')
    .option('--no-follow', 'end after the existing ones')
    .option('--format <format>', 'text, json (an object a line) or a template', 'text')
    .action(async (flags: EventFlags) => printEvents(await open(), flags, io))
}

async function printEvents(client: DaemonClient, flags: EventFlags, io: Io): Promise<void> {
  const render = rendererOf(flags.format)
  const { since, follow } = flags
  let place = since === undefined ? undefined : placeOf(since)
  const read = () => {
    const parse = parseEventStream()
    const after = place === undefined ? '' : `&after=${place}`
    return client.follow(`/events?follow=${follow}${after}`, (text) => {
      for (const data of parse(text)) {
        const event = JSON.parse(data) as DaemonEvent
        place = event.ID
        io.print(render(event))
        if (io.isLost()) return false
      }
      return true
    })
  }
  await read()
  // The daemon has stopped: what comes after a restart is told, too.
  for (let end = io.now() + patienceMs; follow && !io.isLost(); ) {
    await setTimeout(500)
    try {
      place ??= '0'
      await read()
      end = io.now() + patienceMs
    } catch (error) {
      if (!(error instanceof CniError) || error.code !== 101 || io.now() > end) throw error
    }
  }
}

function rendererOf(format: string): (event: DaemonEvent) => string {
  if (format === 'json') return (event) => JSON.stringify(event)
  if (format !== 'text') return readFormat(format)
  return ({ Time, Type, Message, Causes = [] }) =>
    [`${Time} ${Type} ${Message}`, ...Causes.map((each) => `  ${each}`)].map(oneLine).join('\n')
}

// The ids of events are times in milliseconds, or a little later.
function placeOf(since: string): string {
  if (/^\d{1,16}$/.test(since)) return since
  const ms = Date.parse(since)
  if (/^\d{4}-\d\d-\d\d/.test(since) && !Number.isNaN(ms)) return String(Math.max(0, ms - 1))
  throw unsupported('--since', since, 'a time like 2026-01-31T12:00:00Z, or the id of an event')
}
