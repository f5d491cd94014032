import { inspectContainer, type RemoveOptions, renameContainer } from '@vethra/engine'
import type { Io } from '@vethra/world'
import type { Command } from 'commander'
import { type ContainerListFlags, printContainers } from './container-list.ts'
import { printPorts } from './container-port.ts'
import { forgetContainers } from './container-remove.ts'
import { gather } from './flags.ts'
import { readFormat } from './listing.ts'
import { subcommand } from './program.ts'
import { containerDetailsShape } from './shapes.ts'
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
    'vethra container ls --filter status=running --filter network=lan',
    'vethra container ls --format json',
  ])
    .alias('list')
    .option('-a, --all', 'containers of all states, which is the default', true)
    .option('-q, --quiet', 'ids only', false)
    .option('--no-trunc', 'cut nothing short')
    .option(
      '-f, --filter <key=value>',
      'id=START, name=PART, network=NAME or status=STATE (repeatable)',
      gather,
      [],
    )
    .option('--format <format>', 'table, json or a template', 'table')
    .action(async (flags: ContainerListFlags) => printContainers(await open(), flags, io))
  subcommand(container, 'inspect <container>', 'show a container as JSON', [
    'vethra container inspect web',
    'vethra container inspect --format \'{{range .Networks}}{{join .Addresses " "}}{{end}}\' web',
  ])
    .option('-f, --format <format>', 'json or a template', 'json')
    .action(async (ref: string, { format }: { format: string }) => {
      const text = format === 'json' ? undefined : readFormat(format, containerDetailsShape)
      const details = await inspectContainer(await open(), ref)
      io.print(text ? text(details) : JSON.stringify(details, null, 4))
    })
  subcommand(
    container,
    'port <container> [port]',
    'show published ports, and whether each answers',
    [
      'vethra container port web',
      'vethra container port web 80/tcp',
      'vethra container port --format json web',
    ],
  )
    .option('--format <format>', 'table, json or a template', '')
    .action(async (ref: string, port: string | undefined, { format }: { format: string }) =>
      printPorts(await open(), { ref, port, format }, io),
    )
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
