import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { goField, invalidFileError, isObject, type Json } from '@vethra/cni'
import * as z from 'zod/mini'
import { annotationKeys } from './annotations.ts'
import { parseConfigText } from './config-text.ts'
import { checked } from './faults.ts'
import { type Member, undoMembers } from './members.ts'
import { applyTextEdits, type TextEdit } from './text-edits.ts'

/** How one `bundle prepare` is undone. */
export interface ConfigUndo {
  /** The hash of the text that was written. */
  readonly sha256: string
  /** The hash of the text before. */
  readonly was: string
  /** The edits that turn the one into the other. */
  readonly edits: readonly TextEdit[]
  /** The same by members, for a text that has been edited since. */
  readonly members: readonly Member[]
  /** Objects and arrays that were made, the innermost first. */
  readonly made: readonly (readonly string[])[]
}

/** The changes made to one config.json. */
export interface PreparedConfig {
  readonly file: string
  /** The newest first; more than one while the newest may not have reached the file. */
  readonly versions: readonly ConfigUndo[]
}

const count = z.number().check(z.int(), z.minimum(0))
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const keys = z.array(z.string()).check(z.maxLength(8))
const json = z.unknown() as z.ZodMiniType<Json>
const undo = z.object({
  sha256: hash,
  was: hash,
  edits: z.array(z.object({ at: count, length: count, text: z.string() })),
  members: z.array(
    z.object({
      path: keys,
      key: z.exactOptional(z.string()),
      wrote: z.exactOptional(json),
      before: z.exactOptional(json),
    }),
  ),
  made: z.array(keys),
}) satisfies z.ZodMiniType<ConfigUndo>
// Absolute, without dots, and the one name that a bundle gives its file.
const file = z.string().check(z.regex(/^(?:\/(?!\.{1,2}\/)[^/\0]+)*\/config\.json$/))
const prepared = z.array(z.object({ file, versions: z.array(undo) })) satisfies z.ZodMiniType<
  readonly PreparedConfig[]
>

/** The changes to files in vethra.json; empty without. Throws CniError 107 when it is damaged. */
export function parsePrepared(value: unknown): readonly PreparedConfig[] {
  const result = checked(prepared, value ?? [])
  if ('data' in result) return result.data
  throw invalidFileError(`vethra.json is damaged: configs: ${result.fault}`)
}

/**
 * The text of a config.json as it was before it was prepared: byte for byte where it is as it was
 * written, else without what is still as it was written. Throws CniError 6 and 7 when the text
 * cannot be read.
 */
export function undoConfig(text: string, versions: readonly ConfigUndo[]): string {
  if (versions.length === 0) return text
  const now = hashOf(text)
  if (versions.some(({ was }) => was === now)) return text
  const exact = versions.find((each) => each.sha256 === now)
  const before = exact && applyTextEdits(text, exact.edits)
  if (before !== undefined && hashOf(before) === exact?.was) return before
  return isObject(parseConfigText(text)) ? versions.reduce(undoMembers, text) : text
}

/**
 * Whether a config.json is prepared for another container by now than the one whose folder is given: what it has of
 * ours is that one's. Throws CniError 6 for what is no JSON.
 */
export function isOfAnother(
  text: string,
  versions: readonly ConfigUndo[],
  stateDir: string,
): boolean {
  const now = hashOf(text)
  if (versions.some(({ sha256, was }) => sha256 === now || was === now)) return false
  const annotations = goField(parseConfigText(text) as Json, 'annotations')
  const claimed = goField(annotations, annotationKeys.stateDir)
  return typeof claimed === 'string' && claimed !== stateDir
}

/** The SHA-256 of a text, in hex. */
export function hashOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}
