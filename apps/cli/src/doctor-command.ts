import { CniError, hostError, usageError } from '@vethra/cni'
import {
  type DoctorTools,
  examine,
  type FindingRow,
  findingRow,
  forDoctor,
  heal,
  outcomeRow,
  plannedRow,
  type RepairRow,
  repairEvent,
} from '@vethra/engine'
import { type Finding, planRepairs } from '@vethra/findings'
import type { Events, Io } from '@vethra/world'
import type { Command } from 'commander'
import type { Call } from './call.ts'
import { findingLines, repairLines, summaryLines } from './doctor-report.ts'
import { fewEnough } from './few-enough.ts'
import { isStyled, printListing } from './listing.ts'
import { openWorld } from './open-world.ts'
import { subcommand } from './program.ts'
import { findingShape, repairShape } from './shapes.ts'

interface DoctorFlags {
  readonly repair: boolean
  readonly dryRun: boolean
  readonly format: string
}

/** `vethra doctor`: what is wrong on this host, and what to do about it. */
export function doctorCommand(program: Command, call: Call): void {
  const { io } = call
  subcommand(program, 'doctor', {
    help: 'find faults on this host: leaks, missing resources of containers, conflicts',
    examples: [
      'vethra doctor',
      'vethra doctor --repair --dry-run',
      'vethra doctor --repair',
      "vethra doctor --format '{{.Severity}} {{.Message}}'",
    ],
  })
    .option('--repair', 'make the safe repairs; foreign resources are never touched', false)
    .option('--dry-run', 'with --repair: print the repairs, and make none', false)
    .option('--format <format>', 'text, json, or a template for each finding or repair', 'text')
    .action(async (flags: DoctorFlags) => {
      if (flags.dryRun && !flags.repair)
        throw usageError(
          '--dry-run is given without --repair',
          'Give --dry-run as "--repair --dry-run".',
        )
      // Its clock lets the event loop go on between parts: what programs print, more than a pipe holds, is read meanwhile.
      const world = await openWorld(call)
      const tools = await forDoctor(world, { looksWithin: true, looksInside: fewEnough(io) })
      if (!flags.repair) return report(await lookAt(tools, io), flags, io)
      if (!flags.dryRun) return repairAll({ tools, events: world.events }, flags, io)
      printRepairs(planRepairs(await lookAt(tools, io)).map(plannedRow), flags.format, io)
    })
}

function lookAt(tools: DoctorTools, io: Io): Promise<readonly Finding[]> {
  return whileWaiting(io, 'looking at networks, containers, rules and addresses', () =>
    examine(tools),
  )
}

function report(findings: readonly Finding[], { format }: DoctorFlags, io: Io): void {
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (format === 'text') {
    // What is broken is counted once: by the error below.
    printFindings(findings, errors.length > 0 ? [] : summaryLines(findings), io)
  } else {
    const items = findings.map(findingRow)
    const row = ({ Severity, Message }: FindingRow) => [Severity, Message]
    printListing({ items, shape: findingShape, header: ['SEVERITY', 'MESSAGE'], row }, format, io)
  }
  if (errors.length > 0) throw broken(errors)
}

function printFindings(findings: readonly Finding[], more: readonly string[], io: Io): void {
  for (const line of [...findingLines(findings, isStyled(io)), ...more]) io.printStyled(line)
}

async function repairAll(
  { tools, events }: { readonly tools: DoctorTools; readonly events: Events },
  { format }: DoctorFlags,
  io: Io,
): Promise<void> {
  let telling = Promise.resolve()
  const { outcomes, left } = await whileWaiting(io, 'repairing', () =>
    heal(tools, {
      hear: (event) => {
        const told = repairEvent(event)
        if (told) telling = telling.then(() => events.append(told))
        if (format !== 'text' || event.kind === 'begun') return
        for (const line of repairLines(outcomeRow(event), isStyled(io)))
          io.printStyled(line, outcomeRow(event).Repair)
      },
    }),
  )
  await telling
  if (format !== 'text') printRepairs(outcomes.map(outcomeRow), format, io)
  else if (outcomes.length === 0) io.print('nothing to repair')
  if (format === 'text' && left.length > 0) {
    io.print('')
    printFindings(left, summaryLines(left), io)
  }
  const failed = outcomes.flatMap((each) => (each.kind === 'failed' ? [each.error] : []))
  if (failed.length > 0)
    throw new CniError({
      code: 106,
      message: `${failed.length} of ${outcomes.length} repairs failed`,
      cause: new AggregateError(failed),
    })
}

function printRepairs(rows: readonly RepairRow[], format: string, io: Io): void {
  if (format !== 'text') {
    const row = ({ Outcome, Repair }: RepairRow) => [Outcome, Repair]
    const header = ['OUTCOME', 'REPAIR']
    printListing({ items: rows, shape: repairShape, header, row }, format, io)
    return
  }
  for (const each of rows) for (const line of repairLines(each, isStyled(io))) io.printStyled(line)
  if (rows.length === 0) io.print('nothing to repair')
}

function broken(errors: readonly Finding[]): CniError {
  const some = errors.some(({ repair }) => repair !== undefined)
  return hostError(
    errors.length === 1 ? '1 thing is broken' : `${errors.length} things are broken`,
    some ? 'Repair the safe ones: vethra doctor --repair' : undefined,
  )
}

const patienceMs = 1000

// Does `work`, and says on standard error what is waited for, on a terminal, once it takes longer than a second.
async function whileWaiting<T>(io: Io, what: string, work: () => Promise<T>): Promise<T> {
  if (!io.isTerminal()) return work()
  const timer = setTimeout(() => io.complain(`${what} …`), patienceMs)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
  }
}
