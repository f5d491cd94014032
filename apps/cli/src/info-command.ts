import { release } from 'node:os'
import { oneLine } from '@vethra/cni'
import { type HostInfo, hostInfo } from '@vethra/engine'
import { tomlFile, version } from '@vethra/settings'
import type { Command } from 'commander'
import type { Call } from './call.ts'
import { readFormat } from './listing.ts'
import { openWorld } from './open-world.ts'
import { subcommand } from './program.ts'
import { infoShape } from './shapes.ts'

/** `vethra info`: versions, paths, plugins, kernel features, firewalls and the engine of this host. */
export function infoCommand(program: Command, call: Call): void {
  const { io } = call
  subcommand(program, 'info', {
    help: 'show versions, paths, plugins, kernel features, firewalls and the engine',
    examples: ['vethra info', "vethra info --format '{{json .Firewalls}}'"],
  })
    .option('--format <format>', 'text, json or a template', 'text')
    .action(async ({ format }: { format: string }) => {
      const isText = format === 'text' || format === 'table'
      const text = isText || format === 'json' ? undefined : readFormat(format, infoShape)
      const { bun, node } = process.versions
      const runtime = bun === undefined ? `node ${node}` : `bun ${bun}`
      const world = await openWorld(call)
      const file = tomlFile(io.env, world.resolved.homes)
      const about = { version, runtime, kernel: release(), tomlFile: file }
      const info = await hostInfo(world, about)
      if (text) io.print(text(info))
      else if (isText) for (const line of infoLines(info)) io.print(line)
      else io.print(JSON.stringify(info, null, 2))
    })
}

function infoLines(info: HostInfo): readonly string[] {
  const { Version, Runtime, Kernel, Namespace, Paths, Engine, Features, Firewalls } = info
  return [
    `Version: ${Version} (${Runtime})`,
    `Kernel: ${Kernel}`,
    `Namespace: ${Namespace}`,
    'Paths:',
    ...Object.entries(Paths).map(([name, path]) => `  ${name}: ${path}`),
    'Engine:',
    `  Plugins: ${Engine.Choice}`,
    `  In this process: ${Engine.InProcess ? 'yes' : 'no'}`,
    ...(Engine.Fault === '' ? [] : [`  Fault: ${Engine.Fault}`]),
    'Kernel features:',
    ...Object.entries(Features).map(([name, is]) => `  ${name}: ${is ?? 'unavailable'}`),
    ...info.KernelFeatures.map(
      ({ Name, State, Option, Module, BlockedBy }) =>
        `  ${Name}: ${State} (${[Option, Module, BlockedBy].filter((each) => each !== '').join(', ')})`,
    ),
    'Firewalls:',
    `  Managers: ${Firewalls.Managers.join(', ') || 'none'}`,
    `  Chains that refuse: ${Firewalls.Refusing.join(', ') || 'none'}`,
    ...Firewalls.Hidden.map((each) => `  Hidden: ${each}`),
    'Plugins:',
    ...info.Plugins.map(
      ({ Name, Whose, Versions, File, Shadowed }) =>
        `  ${Name}: ${Whose}${Shadowed ? ', shadowed' : ''}${Versions.length > 0 ? `, ${Versions.at(-1)}` : ''}, ${File}`,
    ),
    ...info.Unknown.map((each) => `Unknown: ${each}`),
  ].map(oneLine)
}
