import type { ConfList } from '@vethra/cni'
import { withDropIns } from '@vethra/conflist'
import type { ConfDir } from '@vethra/world'

/** A conf list of a file with its drop-in plugins. Throws CniError 7 for a drop-in that cannot be used. */
export async function wholeList(
  folder: Pick<ConfDir, 'dropIns'>,
  { file, list }: { readonly file: string; readonly list: ConfList },
): Promise<ConfList> {
  if (list.loadOnlyInlinedPlugins) return list
  return withDropIns(list, await folder.dropIns(file, list.name))
}
