import { onCniError } from '@vethra/cni'
import type { PluginFolders } from '@vethra/world'
import { supportedVersions } from '../attach/supported-versions.ts'

/** A plugin in a folder of `CNI_PATH`, as `plugin ls` shows it. */
export interface PluginRow {
  readonly Name: string
  readonly File: string
  /** `vethra`: this executable. `other`: another's, with the versions that it answers. `broken`: a link that leads nowhere. */
  readonly Whose: 'vethra' | 'other' | 'broken'
  /** The target of a symbolic link; empty for a file. */
  readonly Target: string
  /** The versions of the SPEC that it supports; empty where it does not say so. */
  readonly Versions: readonly string[]
  /** Whether a folder before has a plugin of that name, which is run in its place. */
  readonly Shadowed: boolean
}

/** The plugins in the folders of `CNI_PATH`, in its order, by name in each. */
export async function listPlugins(
  folders: PluginFolders,
  path: readonly string[],
): Promise<readonly PluginRow[]> {
  const names = await Promise.all(
    path.map(async (folder) => (await folders.list(folder)).map((name) => ({ name, folder }))),
  )
  const found = await Promise.all(names.flat().map((each) => rowOf(folders, each)))
  const rows = found.flat()
  const first = new Map(
    rows
      .filter(({ Whose }) => Whose !== 'broken')
      .toReversed()
      .map(({ Name, File }) => [Name, File]),
  )
  const isShadowed = ({ Name, File, Whose }: PluginRow) =>
    Whose !== 'broken' && first.get(Name) !== File
  return rows.map((row) => ({ ...row, Shadowed: isShadowed(row) }))
}

async function rowOf(
  folders: PluginFolders,
  { name, folder }: { readonly name: string; readonly folder: string },
): Promise<readonly PluginRow[]> {
  const file = `${folder}/${name}`
  const found = await folders.look(file)
  if (found === undefined || found.kind === 'other') return []
  const { kind, target: Target = '' } = found
  const asked = kind === 'broken' ? [] : supportedVersions(folders.runnerIn(folder), name)
  const Versions = await Promise.resolve(asked).catch(onCniError(() => []))
  const Whose = kind === 'own' ? 'vethra' : kind === 'broken' ? 'broken' : 'other'
  return [{ Name: name, File: file, Whose, Target, Versions, Shadowed: false }]
}
