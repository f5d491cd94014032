import type { Command } from 'commander'
import type { Call } from './call.ts'
import { gather } from './flags.ts'
import type { ImportFlags, ImportSource } from './import-networks.ts'
import { openWorld } from './open-world.ts'
import { type SubcommandHelp, subcommand } from './program.ts'

/** `vethra import docker|podman|nerdctl`: networks of other programs as networks of ours. */
export function importCommand(program: Command, call: Call): void {
  const parent = subcommand(program, 'import', {
    help: 'networks of Docker, Podman or nerdctl: print a plan, or create the same',
    examples: ['vethra import podman', 'vethra import podman --apply'],
  })
  const add = (source: ImportSource, argument: string, help: SubcommandHelp) =>
    withFlags(subcommand(parent, `${source} ${argument}`, help)).action(
      async (path: string | undefined, flags: ImportFlags) => {
        const { printImport } = await import('./import-networks.ts')
        await printImport(await openWorld(call), { source, path, ...flags }, call.io)
      },
    )
  add('docker', '[file]', {
    help: 'networks of "docker network inspect", from a file or standard input',
    examples: [
      'docker network inspect $(docker network ls -q) | vethra import docker',
      'vethra import docker --apply --skip my-overlay networks.json',
    ],
  })
  add('podman', '[dir]', {
    help: 'networks of Podman (netavark, or CNI), by default of /etc/containers/networks',
    examples: [
      'vethra import podman',
      'vethra import podman --apply ~/.local/share/containers/storage/networks',
      'vethra import podman ~/.config/cni/net.d',
    ],
  })
  add('nerdctl', '[dir]', {
    help: 'networks of nerdctl, by default of /etc/cni/net.d',
    examples: ['vethra import nerdctl', 'vethra import nerdctl --apply ~/.config/cni/net.d'],
  })
}

function withFlags(command: Command): Command {
  return command
    .option('--apply', 'create the networks: all of them, or none', false)
    .option('--skip <name>', 'leave out a network (repeatable)', gather, [])
    .option('--format <format>', 'table, json or a template', 'table')
}
