import { type ReleaseRequest, releaseReservations } from '@vethra/engine'
import type { Command } from 'commander'
import type { Call } from './call.ts'
import { collectReservations } from './ipam-gc.ts'
import { type IpamListFlags, printReservations } from './ipam-list.ts'
import { openTools } from './open-world.ts'
import { subcommand } from './program.ts'

/** `vethra ipam ls|release|gc`: who holds which address, and what to do about it. */
export function ipamCommand(program: Command, call: Call): void {
  const ipam = subcommand(program, 'ipam', {
    help: 'reserved addresses: list, release, collect',
    examples: ['vethra ipam ls', 'vethra ipam gc --dry-run'],
  })
  subcommand(ipam, 'ls', {
    help: 'list reserved addresses with their holders and times',
    examples: ['vethra ipam ls', 'vethra ipam ls --network lan --format json'],
  })
    .alias('list')
    .option('--network <network>', 'of this network only')
    .option('--format <format>', 'table, json or a template', 'table')
    .action(async (flags: IpamListFlags) =>
      printReservations(await openTools(call), flags, call.io),
    )
  subcommand(ipam, 'release', {
    help: 'release an address, or all of a container; prints the released ones',
    examples: [
      'vethra ipam release --network lan --ip 10.4.1.7',
      'vethra ipam release --network lan --id default-web',
    ],
  })
    .requiredOption('--network <network>', 'the network')
    .option('--ip <address>', 'the address')
    .option('--id <container>', 'the container id, as "vethra ipam ls" shows it')
    .action(async (flags: ReleaseRequest) => {
      for (const address of await releaseReservations(await openTools(call), flags))
        call.io.print(address, `${address} of network ${flags.network} is free`)
    })
  subcommand(ipam, 'gc', {
    help: 'release stale addresses, whose container is certainly gone; prints the released ones',
    examples: ['vethra ipam gc --dry-run', 'vethra ipam gc --network lan'],
  })
    .option('--network <network>', 'of this network only')
    .option('--dry-run', 'print the stale addresses with reasons, and change nothing', false)
    .action(async (flags: { network?: string; dryRun: boolean }) =>
      collectReservations(await openTools(call), flags, call.io),
    )
}
