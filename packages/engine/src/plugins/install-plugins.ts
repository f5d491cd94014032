import { type CniError, inUseError, usageError } from '@vethra/cni'
import { pluginNames } from '@vethra/plugins/names'
import type { PluginFile, PluginFolders } from '@vethra/world'

/** Links our plugins into a folder, returns all links. Throws CniError 102 without `force` for a distribution's folder or a taken name. */
export async function installPlugins(
  folders: PluginFolders,
  folder: string,
  { force }: { readonly force: boolean },
): Promise<readonly string[]> {
  if (!folder.startsWith('/'))
    throw usageError(
      `invalid folder ${JSON.stringify(folder)}: it must be an absolute path`,
      'Name it from the root, such as /usr/local/lib/cni.',
    )
  if (!force) await refuseDistribution(folders, folder)
  const found = await Promise.all(
    pluginNames.map(async (name) => {
      const path = `${folder.replace(/\/+$/, '')}/${name}`
      return { path, file: await folders.look(path) }
    }),
  )
  const taken = found.find(({ file }) => file !== undefined && !mayReplace(file, { force }))
  if (taken) throw notOurs(taken.path, taken.file)
  for (const { path, file } of found)
    if (file?.kind !== 'own') await folders.link(path, folders.program)
  return found.map(({ path }) => path)
}

// A link that leads nowhere, to a vethra that was elsewhere, is ours to mend; a folder is nobody's plugin.
function mayReplace(
  { kind, target = '' }: PluginFile,
  { force }: { readonly force: boolean },
): boolean {
  if (kind === 'own') return true
  const isLeft = kind === 'broken' && target.slice(target.lastIndexOf('/') + 1) === 'vethra'
  return isLeft || (force && (kind === 'program' || kind === 'broken'))
}

async function refuseDistribution(folders: PluginFolders, folder: string): Promise<void> {
  const owner = await folders.packageOf(folder)
  const isSystem = folder.startsWith('/usr/') && !folder.startsWith('/usr/local/')
  if (owner === undefined && !isSystem) return
  throw inUseError(
    `${folder} is a folder of the distribution${owner === undefined ? '' : `: package ${owner} owns it`}`,
    'Name a folder of your own, such as /usr/local/lib/cni, and put it first in CNI_PATH; or add --force.',
  )
}

function notOurs(path: string, file: PluginFile | undefined): CniError {
  const isFile = file?.kind === 'program' || file?.kind === 'broken'
  return inUseError(
    `${path} belongs to another program${file?.target === undefined ? '' : `: a link to ${file.target}`}`,
    isFile
      ? 'Name another folder, or add --force to replace it.'
      : 'Name another folder, or move it away.',
  )
}
