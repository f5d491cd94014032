import type { Command } from 'commander'
import { subcommand } from './program.ts'

/** The flags and help of `vethra daemon`; an app of its own runs it. */
export function daemonCommand(program: Command): void {
  subcommand(program, 'daemon', {
    help: 'compare the host with its desired state, repair it, and serve an API on a unix socket',
    examples: ['vethra daemon', 'vethra daemon --socket /run/vethra/vethra.sock --log-level debug'],
  })
}
