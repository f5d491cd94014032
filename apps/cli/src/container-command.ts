import { inspectContainer, type RemoveOptions, renameContainer } from '@vethra/engine'
import type { Io } from '@vethra/world'
import type { Command } from 'commander'
import { type ContainerListFlags, printContainers } from './container-list.ts'
import { printPorts } from './container-port.ts'
import { forgetContainers } from './container-remove.ts'
import { subcommand } from './program.ts'
import type { Tools } from './tools.ts'

/** `vethra container ls|inspect|port|rename|rm`. */
export function containerCommand(program: Command, open: () => Promise<Tools>, io: Io): void {
  const container = subcommand(
    program,
    'container',
    'show and change containers: names, networks, addresses, ports, state',
    ['vethra container ls', 'vethra container inspect web'],
  )
  subcommand(container, 'ls', 'list containers', [
    'vethra container ls',
    'vethra container ls --format json',
  ])
    .alias('list')
    .option('-q, --quiet', 'ids only', false)
    .option('--no-trunc', 'cut nothing short')
    .option('--format <format>', 'table, json or a template', 'table')
    .action(async (flags: ContainerListFlags) => printContainers(await open(), flags, io))
  subcommand(container, 'inspect <container>', 'show a container as JSON', [
    'vethra container inspect web',
  ]).action(async (ref: string) => {
    io.print(JSON.stringify(await inspectContainer(await open(), ref), null, 4))
  })
  subcommand(container, 'port <container> [port]', 'show published ports', [
    'vethra container port web',
    'vethra container port web 80/tcp',
  ]).action(async (ref: string, port?: string) => printPorts(await open(), ref, port, io))
  subcommand(container, 'rename <container> <name>', 'give a container another name', [
    'vethra container rename web shop',
  ]).action(async (ref: string, name: string) => renameContainer(await open(), ref, name))
  subcommand(container, 'rm <container...>', 'forget containers that have been deleted', [
    'vethra container rm web db',
  ])
    .option('--keep-config', 'leave config.json of the bundle as it is', false)
    .action(async (refs: string[], flags: RemoveOptions) =>
      forgetContainers(await open(), refs, flags, io),
    )
}
