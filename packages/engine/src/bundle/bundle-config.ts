import { CniError, goField, type Json, notFoundError, onCniError, orElse } from '@vethra/cni'
import {
  annotationKeys,
  type BundlePlan,
  type ConfigUndo,
  hashOf,
  type ParsedConfig,
  type PreparedConfig,
  parseConfig,
  parsePrepared,
  undoConfig,
} from '@vethra/container'
import { readAtPlace } from '../container/container-configs.ts'
import type { ManageTools } from '../network/tools.ts'

/** The text of a config.json, and what earlier runs have done to it. */
export interface ConfigText {
  /** Where it is; absent where somebody else keeps it. */
  readonly file?: string
  readonly text: string
  /** The text without what earlier runs did. */
  readonly parsed: ParsedConfig
  /** How those are undone, the newest first. */
  readonly versions: readonly ConfigUndo[]
}

/** A bundle's config.json. */
export interface ConfigFile extends ConfigText {
  readonly file: string
}

/** Reads the config.json of a bundle that is to be prepared. Throws CniError 101 without one, 6 and 7 for what is none. */
export async function readConfig(
  tools: ManageTools,
  folder: string,
  id: string,
): Promise<ConfigFile> {
  const file = `${await tools.files.realPath(folder)}/config.json`
  const text = await tools.files.read(file)
  if (text === undefined)
    throw notFoundError(
      `${file} does not exist`,
      'Name the folder of an OCI bundle; "runc spec" makes a config.json.',
    )
  const versionsFor = async (container: string) =>
    preparedIn(await readRecord(tools, container)).find((each) => each.file === file)?.versions
  const versions = await versionsFor(id)
  const parsed = parseConfig(undoConfig(text, versions ?? []))
  if (versions !== undefined) return { file, text, versions, parsed }
  const claimant = claimantOf(tools, parsed)
  const found = claimant === undefined ? undefined : await versionsFor(claimant)
  if (found === undefined) return { file, text, versions: [], parsed }
  return { file, text, versions: found, parsed: parseConfig(undoConfig(text, found)) }
}

/** The record of a written config.json, with the version on disk until then, and of those of other bundles of the container. */
export function preparedWith(
  { file, text, versions }: ConfigText,
  { undo }: Pick<BundlePlan, 'undo'>,
  others: readonly PreparedConfig[],
): Json {
  if (file === undefined) return others as unknown as Json
  const [newest] = versions
  const now = newest && hashOf(text)
  const before = versions.find(({ sha256 }) => sha256 === now) ?? newest
  const kept = before === undefined || before.sha256 === undo.sha256 ? [] : [before]
  return [{ file, versions: [undo, ...kept] }, ...others] as unknown as Json
}

/** Undoes what was done to the bundles that a container had before this one. Returns those that could not be, and why. */
export async function undoOthers(
  { files }: ManageTools,
  others: readonly PreparedConfig[],
): Promise<{
  readonly left: readonly PreparedConfig[]
  readonly faults: readonly CniError[]
}> {
  const left: PreparedConfig[] = []
  const faults: CniError[] = []
  for (const each of others) {
    try {
      const text = await readAtPlace(files, each.file)
      const before = text === undefined ? undefined : undoConfig(text, each.versions)
      if (before !== undefined && before !== text) await files.rewrite(each.file, before)
    } catch (error) {
      if (!(error instanceof CniError)) throw error
      left.push(each)
      faults.push(error)
    }
  }
  return { left, faults }
}

/** The vethra.json of a container; undefined for none, and for one that cannot be read: the plan puts right what an earlier run wrote. */
export function readRecord(
  { containers }: Pick<ManageTools, 'containers'>,
  id: string,
): Promise<Json | undefined> {
  return containers.read(id, 'vethra.json').catch(onCniError(() => undefined))
}

/** The changes to files config.json that a vethra.json has; none in one that is damaged. */
export function preparedIn(record: Json | undefined): readonly PreparedConfig[] {
  return orElse(() => parsePrepared(goField(record, 'configs')), [])
}

// The annotation may say anything: it counts where that container says the same of the file.
function claimantOf({ containers }: ManageTools, { config }: ParsedConfig): string | undefined {
  const folder = config.annotations[annotationKeys.stateDir] ?? ''
  const id = folder.slice(folder.lastIndexOf('/') + 1)
  return orElse(() => containers.folder(id) === folder, false) ? id : undefined
}
