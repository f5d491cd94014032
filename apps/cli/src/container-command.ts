import type { RemoveOptions } from '@vethra/engine'
import type { Command } from 'commander'
import type { Call } from './call.ts'
import { gather } from './flags.ts'
import type { ListFlags } from './listing.ts'
import { openContainers, openTools } from './open-world.ts'
import { subcommand } from './program.ts'

/** `vethra container ls|inspect|port|rename|rm`. Each subcommand is loaded when it runs. */
export function containerCommand(program: Command, call: Call): void {
  const container = subcommand(program, 'container', {
    help: 'show and change containers: names, networks, addresses, ports, state',
    examples: ['vethra container ls', 'vethra container inspect web'],
  })
  addListing(container, call)
  addPort(container, call)
  addChanging(container, call)
}

function addListing(container: Command, call: Call): void {
  subcommand(container, 'ls', {
    help: 'list containers',
    examples: [
      'vethra container ls',
      'vethra container ls --filter status=running --filter network=lan',
      'vethra container ls --format json',
    ],
  })
    .aliases(['list', 'ps'])
    .option('-a, --all', 'containers of all states, which is the default', true)
    .option('-q, --quiet', 'ids only', false)
    .option('--no-trunc', 'do not truncate')
    .option(
      '-f, --filter <key=value>',
      'id=START, name=REGEX, network=NAME or status=STATE (repeatable)',
      gather,
      [],
    )
    .option('--format <format>', 'table, json or a template', 'table')
    .action(async (flags: ListFlags) => {
      const { printContainers } = await import('./container-list.ts')
      await printContainers(await openContainers(call), flags, call.io)
    })
  subcommand(container, 'inspect <container...>', {
    help: 'show containers, each as a JSON object',
    examples: [
      'vethra container inspect web db',
      'vethra container inspect --format \'{{range .Networks}}{{join .Addresses " "}}{{end}}\' web',
    ],
  })
    .option('-f, --format <format>', 'json or a template', 'json')
    .action(async (refs: string[], { format }: { format: string }) => {
      const { printDetails } = await import('./container-inspect.ts')
      await printDetails(await openTools(call), { refs, format }, call.io)
    })
}

function addPort(container: Command, call: Call): void {
  subcommand(container, 'port <container> [port]', {
    help: 'show published ports, and whether each answers',
    examples: [
      'vethra container port web',
      'vethra container port web 80/tcp',
      'vethra container port --format json web',
    ],
  })
    .option('--format <format>', 'table, json or a template', '')
    .action(async (ref: string, port: string | undefined, { format }: { format: string }) => {
      const { printPorts } = await import('./container-port.ts')
      await printPorts(await openTools(call), { ref, port, format }, call.io)
    })
}

function addChanging(container: Command, call: Call): void {
  subcommand(container, 'rename <container> <name>', {
    help: 'rename a container',
    examples: ['vethra container rename web shop'],
  }).action(async (ref: string, name: string) => {
    const { renameContainer } = await import('./container-rename.ts')
    await renameContainer(await openTools(call), ref, name)
  })
  subcommand(container, 'rm <container...>', {
    help: 'remove the records of deleted containers',
    examples: ['vethra container rm web db'],
  })
    .alias('remove')
    .option('--keep-config', 'do not restore config.json of the bundle', false)
    .action(async (refs: string[], flags: RemoveOptions) => {
      const { forgetContainers } = await import('./container-remove.ts')
      await forgetContainers(await openTools(call), { refs, ...flags }, call.io)
    })
}
