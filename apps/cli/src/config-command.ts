import { type SettingRow, settingRows, tomlFile } from '@vethra/settings'
import type { Command } from 'commander'
import type { Call } from './call.ts'
import { printListing } from './listing.ts'
import { subcommand } from './program.ts'
import { settingShape } from './shapes.ts'

/** `vethra config show`: the settings that hold, and where each came from. */
export function configCommand(program: Command, { flags, here, io }: Call): void {
  const config = subcommand(program, 'config', {
    help: 'the effective settings, and where each comes from',
    examples: ['vethra config show'],
  })
  subcommand(config, 'show', {
    help: 'print each setting with its value and its source',
    examples: [
      'vethra config show',
      "vethra config show --format '{{.Key}}={{json .Value}}'",
      'vethra --namespace k8s.io config show --format json',
    ],
  })
    .option('--format <format>', 'table, json or a template', 'table')
    .action(async ({ format }: { format: string }) => {
      const resolved = await here.settings(flags)
      const file = tomlFile(io.env, resolved.homes)
      const items = settingRows(resolved, { env: io.env, file })
      const header = ['KEY', 'VALUE', 'SOURCE', 'FROM']
      printListing({ items, shape: settingShape, header, row: cells }, format, io)
    })
}

function cells({ Key, Value, Source, From }: SettingRow): readonly string[] {
  const text = typeof Value === 'string' ? Value : Value === null ? '-' : JSON.stringify(Value)
  return [Key, text, Source, From]
}
