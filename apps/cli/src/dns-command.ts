import type { Command } from 'commander'
import type { Call } from './call.ts'
import { openWorld } from './open-world.ts'
import { subcommand } from './program.ts'

interface QueryFlags {
  readonly network?: string
  readonly format: string
}
interface LogFlags {
  readonly container?: string
  readonly format: string
}

/** `vethra dns`: the resolver without the daemon, and what it answers. */
export function dnsCommand(program: Command, call: Call): void {
  const usage = 'answer DNS for the containers of all bridge networks, without the daemon'
  const dns = subcommand(program, 'dns', {
    help: usage,
    examples: [
      'vethra dns',
      'vethra dns query web --network lan',
      'vethra dns log --container web',
    ],
  }).action(async () => (await import('./dns-serve.ts')).serveDns(await openWorld(call), call.io))
  subcommand(dns, 'query <name>', {
    help: 'show the addresses of a name, or the name of an address',
    examples: ['vethra dns query web', 'vethra dns query 10.4.1.2 --network lan --format json'],
  })
    .option(
      '--network <network>',
      'as the containers of this network see it; default: all networks',
    )
    .option('--format <format>', 'table, json or a Go-style template', 'table')
    .action(async (name: string, flags: QueryFlags) =>
      (await import('./dns-query.ts')).printQuery(
        await openWorld(call),
        { name, ...flags },
        call.io,
      ),
    )
  subcommand(dns, 'log', {
    help: 'show questions as the resolver gets them, until it stops',
    examples: ['vethra dns log', 'vethra dns log --container web --format json'],
  })
    .option(
      '--container <container>',
      'those of this container alone: its id, the start of it, or its name',
    )
    .option('--format <format>', 'table, or json: an object for each line', 'table')
    .action(async (flags: LogFlags) =>
      (await import('./dns-log.ts')).printQuestions(await openWorld(call), flags, call.io),
    )
}
