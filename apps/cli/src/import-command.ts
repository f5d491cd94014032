import type { Io, World } from '@vethra/world'
import type { Command } from 'commander'
import { gather } from './flags.ts'
import type { ImportFlags } from './import-networks.ts'
import { subcommand } from './program.ts'

type Open = () => Promise<World>

/** `vethra import docker|podman|nerdctl`: networks of other programs as networks of ours. */
export function importCommand(program: Command, open: Open, io: Io): void {
  const parent = subcommand(program, 'import', {
    help: 'networks of Docker, Podman or nerdctl: print a plan, or create the same',
    examples: ['vethra import podman', 'vethra import podman --apply'],
  })
  addDocker(parent, open, io)
  addPodman(parent, open, io)
  addNerdctl(parent, open, io)
}

function addDocker(parent: Command, open: Open, io: Io): void {
  withFlags(
    subcommand(parent, 'docker [file]', {
      help: 'networks of "docker network inspect", from a file or standard input',
      examples: [
        'docker network inspect $(docker network ls -q) | vethra import docker',
        'vethra import docker --apply --skip my-overlay networks.json',
      ],
    }),
  ).action(async (file: string | undefined, flags: ImportFlags) => {
    const { dockerNetworks, printImport } = await import('./import-networks.ts')
    const world = await open()
    const networks = await dockerNetworks(world, file, io)
    await printImport(world, { networks, ...flags }, io)
  })
}

function addPodman(parent: Command, open: Open, io: Io): void {
  withFlags(
    subcommand(parent, 'podman [dir]', {
      help: 'networks of Podman (netavark, or CNI), by default of /etc/containers/networks',
      examples: [
        'vethra import podman',
        'vethra import podman --apply ~/.local/share/containers/storage/networks',
        'vethra import podman ~/.config/cni/net.d',
      ],
    }),
  ).action(async (dir: string | undefined, flags: ImportFlags) => {
    const { podmanNetworks, printImport } = await import('./import-networks.ts')
    const world = await open()
    const networks = await podmanNetworks(world, dir ?? '/etc/containers/networks')
    await printImport(world, { networks, ...flags }, io)
  })
}

function addNerdctl(parent: Command, open: Open, io: Io): void {
  withFlags(
    subcommand(parent, 'nerdctl [dir]', {
      help: 'networks of nerdctl, by default of /etc/cni/net.d',
      examples: ['vethra import nerdctl', 'vethra import nerdctl --apply ~/.config/cni/net.d'],
    }),
  ).action(async (dir: string | undefined, flags: ImportFlags) => {
    const { nerdctlNetworks, printImport } = await import('./import-networks.ts')
    const world = await open()
    const networks = await nerdctlNetworks(world, dir ?? '/etc/cni/net.d')
    await printImport(world, { networks, ...flags }, io)
  })
}

function withFlags(command: Command): Command {
  return command
    .option('--apply', 'create the networks: all of them, or none', false)
    .option('--skip <name>', 'leave out a network (repeatable)', gather, [])
    .option('--format <format>', 'table, json or a template', 'table')
}
