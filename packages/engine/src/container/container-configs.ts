import { CniError, onCniError } from '@vethra/cni'
import { isOfAnother, parsePrepared, undoConfig } from '@vethra/container'
import type { ManageTools } from '../network/tools.ts'
import type { KnownContainer } from './container-state.ts'

interface ChangedConfig {
  readonly file: string
  readonly text: string
}

/** The config.json of a container's bundles as before, where they differ; nothing is written. Throws CniError naming the file. */
export async function undoneConfigs(
  { files, containers }: ManageTools,
  { id, record }: KnownContainer,
): Promise<readonly ChangedConfig[]> {
  const changed: ChangedConfig[] = []
  for (const { file, versions } of parsePrepared(record?.configs)) {
    const undo = async () => {
      const now = await readAtPlace(files, file)
      if (now === undefined || isOfAnother(now, versions, containers.folder(id))) return
      const text = undoConfig(now, versions)
      if (text !== now) changed.push({ file, text })
    }
    await undo().catch(naming(id, file))
  }
  return changed
}

/** The text of a config.json that was recorded without symbolic links in its path; undefined where there is none, or a link leads to another one by now. */
export async function readAtPlace(
  files: ManageTools['files'],
  file: string,
): Promise<string | undefined> {
  return (await files.realPath(file)) === file ? files.read(file) : undefined
}

/** Writes changed files config.json of a container. Throws CniError that names the file and a way out. */
export async function writeConfigs(
  { files }: ManageTools,
  id: string,
  configs: readonly ChangedConfig[],
): Promise<void> {
  for (const { file, text } of configs) await files.rewrite(file, text).catch(naming(id, file))
}

function naming(id: string, file: string): (error: unknown) => never {
  return onCniError((cause) => {
    throw new CniError({
      code: cause.code,
      message: `cannot remove the edits of container ${id} from ${file}`,
      hint: `Correct the file, or keep its edits: vethra bundle rm --keep-config ${id}`,
      cause,
    })
  })
}
