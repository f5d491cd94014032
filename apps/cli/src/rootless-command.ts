import { type CniError, hostError, oneLine } from '@vethra/cni'
import { type RootlessRow, rootlessCheck } from '@vethra/engine'
import type { Command } from 'commander'
import type { Call } from './call.ts'
import { printListing } from './listing.ts'
import { openWorld } from './open-world.ts'
import { subcommand } from './program.ts'
import { rootlessShape } from './shapes.ts'

/** `vethra rootless check`: what containers of an ordinary user need, and the command that mends what is missing. */
export function rootlessCommand(program: Command, call: Call): void {
  const { io } = call
  const rootless = subcommand(program, 'rootless', {
    help: 'containers of an ordinary user',
    examples: ['vethra rootless check'],
  })
  subcommand(rootless, 'check', {
    help: 'print the requirements of rootless containers, and the command that fixes each missing one',
    examples: [
      'vethra rootless check',
      "vethra rootless check --format '{{.Status}} {{.Need}} {{.Fix}}'",
    ],
  })
    .option('--format <format>', 'text, json or a template', 'text')
    .action(async ({ format }: { format: string }) => {
      const items = await rootlessCheck(await openWorld(call))
      if (format === 'text') for (const line of items.flatMap(linesOf)) io.print(line)
      else {
        const header = ['STATUS', 'NEED', 'MESSAGE', 'FIX']
        printListing({ items, shape: rootlessShape, header, row: cells }, format, io)
      }
      const missing = items.filter(({ Status }) => Status === 'missing')
      if (missing.length > 0) throw lacking(missing)
    })
}

function linesOf({ Status, Need, Message, Fix }: RootlessRow): readonly string[] {
  const line = oneLine(`${Status.padEnd(8)}${Need}: ${Message}`)
  return Fix === '' ? [line] : [line, `  fix: ${oneLine(Fix)}`]
}

function cells({ Status, Need, Message, Fix }: RootlessRow): readonly string[] {
  return [Status, Need, Message, Fix]
}

function lacking(missing: readonly RootlessRow[]): CniError {
  const names = missing.map(({ Need }) => Need).join(', ')
  return hostError(
    `rootless containers lack ${names}`,
    'Run the commands that are printed as "fix", in their order.',
  )
}
