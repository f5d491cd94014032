import { CniError } from '@vethra/cni'
import { isOfAnother, parsePrepared, undoConfig } from '@vethra/container'
import type { ManageTools } from '../network/tools.ts'
import type { KnownContainer } from './container-state.ts'

/** A config.json, and the text that it is to have. */
export interface ChangedConfig {
  readonly file: string
  readonly text: string
}

/**
 * Gives the bundles of a container their config.json back; a bundle that is missing, or another
 * container's by now, is left out. Throws CniError with the file and a hint where that cannot be
 * read.
 */
export async function undoneConfigs(
  { files, containers }: ManageTools,
  { id, record }: KnownContainer,
): Promise<readonly ChangedConfig[]> {
  const changed: ChangedConfig[] = []
  for (const { file, versions } of parsePrepared(record?.configs)) {
    const text = await naming(id, file, async () => {
      const now = await files.read(file)
      if (now === undefined || isOfAnother(now, versions, containers.folder(id))) return undefined
      const before = undoConfig(now, versions)
      return before === now ? undefined : before
    })
    if (text !== undefined) changed.push({ file, text })
  }
  return changed
}

/** Writes them. Throws CniError with the file and a way out. */
export async function writeConfigs(
  { files }: ManageTools,
  id: string,
  configs: readonly ChangedConfig[],
): Promise<void> {
  for (const { file, text } of configs) await naming(id, file, () => files.rewrite(file, text))
}

async function naming<T>(id: string, file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause
    throw new CniError({
      code: cause.code,
      message: `cannot take the edits of container ${id} out of ${file}`,
      hint: `Mend the file, or leave it as it is: vethra bundle rm --keep-config ${id}`,
      cause,
    })
  }
}
