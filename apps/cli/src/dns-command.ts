import type { Io, World } from '@vethra/world'
import type { Command } from 'commander'
import { serveDns } from './dns-serve.ts'
import { subcommand } from './program.ts'

/** `vethra dns`: the resolver without the daemon. */
export function dnsCommand(program: Command, open: () => Promise<World>, io: Io): void {
  subcommand(
    program,
    'dns',
    'answer DNS for the containers of all bridge networks, without the daemon',
    ['vethra dns'],
  ).action(async () => serveDns(await open(), io))
}
