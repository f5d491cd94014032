import { inUseError, usageError } from '@vethra/cni'
import { hookFile, hookFileName, isHookFile } from '@vethra/container'
import type { Files, PluginFolders } from '@vethra/world'

interface HookTools {
  readonly files: Pick<Files, 'read' | 'write' | 'makeFolder'>
  readonly folders: Pick<PluginFolders, 'program'>
}

/** Writes our hook file into a folder, returns its path. Throws CniError 103 for a relative one; 102 without `force` where it is another's. */
export async function installHooks(
  { files, folders }: HookTools,
  folder: string,
  { force }: { readonly force: boolean },
): Promise<string> {
  if (!folder.startsWith('/'))
    throw usageError(
      `invalid folder ${JSON.stringify(folder.slice(0, 128))}: it must be an absolute path`,
      'Name it from the root, such as /usr/share/containers/oci/hooks.d.',
    )
  const path = `${folder.replace(/\/+$/, '')}/${hookFileName}`
  const text = await files.read(path)
  if (text !== undefined && !force && !isHookFile(text))
    throw inUseError(
      `${path} is another program's hook`,
      'Name another folder, or add --force to replace it.',
    )
  await files.makeFolder(folder, 0o755)
  await files.write(path, hookFile(folders.program), { mode: 0o644 })
  return path
}
