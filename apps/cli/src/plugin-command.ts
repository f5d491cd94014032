import { usageError } from '@vethra/cni'
import { installHooks, installPlugins, listPlugins, type PluginRow } from '@vethra/engine'
import type { Io, World } from '@vethra/world'
import type { Command } from 'commander'
import type { Call } from './call.ts'
import { printListing } from './listing.ts'
import { openWorld } from './open-world.ts'
import { subcommand } from './program.ts'
import { pluginShape } from './shapes.ts'

/** `vethra plugin ls|install`: the plugins on CNI_PATH, and links to those that Vethra is. Being one of them needs no command line. */
export function pluginCommand(program: Command, call: Call): void {
  const { io } = call
  const plugin = subcommand(program, 'plugin', {
    help: 'CNI plugins: list, install; "vethra plugin NAME" is the plugin NAME itself',
    examples: ['vethra plugin ls', 'vethra plugin install /usr/local/lib/cni'],
  })
  subcommand(plugin, 'ls', {
    help: 'list the plugins on CNI_PATH, and the owner of each',
    examples: ['vethra plugin ls', 'vethra plugin ls --cni-path /usr/lib/cni --format json'],
  })
    .alias('list')
    .option('--format <format>', 'table, json or a template', 'table')
    .action(async ({ format }: { format: string }) =>
      printPlugins(await openWorld(call), format, io),
    )
  subcommand(plugin, 'install [dir]', {
    help: 'link the plugins that Vethra is into a folder, install the hook of Podman; prints the paths',
    examples: [
      'vethra plugin install /usr/local/lib/cni',
      'vethra plugin install --force /opt/cni/bin',
      'vethra plugin install --hooks /usr/share/containers/oci/hooks.d',
    ],
  })
    .option('--force', "also into a distribution's folder, and over files of others", false)
    .option('--hooks <dir>', 'have Podman attach containers by their annotations')
    .action(async (dir: string | undefined, { force, hooks }: InstallFlags) => {
      if (dir === undefined && hooks === undefined)
        throw usageError(
          'plugin install needs a folder',
          'Give the folder of CNI plugins, or --hooks and the folder of hooks.',
        )
      const { pluginFolders, files } = await openWorld(call)
      const folders = await pluginFolders()
      const links = dir === undefined ? [] : await installPlugins(folders, dir, { force })
      for (const path of links) io.print(path)
      if (hooks !== undefined) io.print(await installHooks({ files, folders }, hooks, { force }))
    })
}

interface InstallFlags {
  readonly force: boolean
  readonly hooks?: string
}

async function printPlugins(world: World, format: string, io: Io): Promise<void> {
  const { cniPath } = world.resolved.settings
  const items = await listPlugins(await world.pluginFolders(), cniPath)
  const header = ['NAME', 'WHOSE', 'VERSIONS', 'FILE']
  printListing({ items, shape: pluginShape, header, row: cells, whole: true }, format, io)
}

function cells({ Name, Whose, Versions, File, Target, Shadowed }: PluginRow): readonly string[] {
  const range = Versions.length > 1 ? `${Versions[0]} to ${Versions.at(-1)}` : (Versions[0] ?? '-')
  const link = Target === '' ? File : `${File} -> ${Target}`
  return [Name, Shadowed ? `${Whose}, shadowed` : Whose, Whose === 'broken' ? '-' : range, link]
}
