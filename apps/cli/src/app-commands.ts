import type { Command } from 'commander'
import { subcommand } from './program.ts'

/** The flags and help of `vethra daemon`; an app of its own runs it. */
export function daemonCommand(program: Command): void {
  subcommand(program, 'daemon', {
    help: 'compare the host with its desired state, repair it, and serve an API on a unix socket',
    examples: ['vethra daemon', 'vethra daemon --socket /run/vethra/vethra.sock --log-level debug'],
  })
}

/** The help on `vethra runtime`, which is an app of its own: the executable calls it by its name. */
export function runtimeCommand(program: Command): void {
  subcommand(program, 'runtime [args...]', {
    help: 'be an OCI runtime: attach a container whose bundle has vethra annotations, and run runc',
    examples: ['vethra runtime run -b ./web web', 'ln -s vethra /usr/local/bin/vethra-runc'],
  }).addHelpText(
    'after',
    '\nThe arguments are those of runc. The name vethra-runc is the same; VETHRA_RUNTIME, or binary in\n[runtime] of vethra.toml, names another runtime than runc. Annotations: docs/runtimes.md.',
  )
}
