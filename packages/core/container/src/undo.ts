import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { CniError, goField, isObject, type Json } from '@vethra/cni'
import { annotationKeys } from './annotations.ts'
import { parseConfigText } from './config-text.ts'
import { type Member, undoMembers } from './members.ts'
import { describeFault, fields, listOf, optional, type Shape, text, where } from './shape.ts'
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

const count = where((value) => Number.isSafeInteger(value) && Number(value) >= 0, 'must be a count')
const hash = matching(/^[0-9a-f]{64}$/, 'must be a hash')
const keys: Shape = (value) =>
  listOf(text)(value) ?? where(isShort, 'must have at most 8 keys')(value)
const prepared = listOf(
  fields({
    // Absolute, without dots, and the one name that a bundle gives its file.
    file: matching(
      /^(?:\/(?!\.{1,2}\/)[^/\0]+)*\/config\.json$/,
      'must be the path of a config.json',
    ),
    versions: listOf(
      fields({
        sha256: hash,
        was: hash,
        edits: listOf(fields({ at: count, length: count, text })),
        members: listOf(fields({ path: keys, key: optional(text) })),
        made: listOf(keys),
      }),
    ),
  }),
)

function matching(pattern: RegExp, must: string): Shape {
  return where((value) => typeof value === 'string' && pattern.test(value), must)
}

function isShort(value: unknown): boolean {
  return Array.isArray(value) && value.length <= 8
}

/** The changes to files in vethra.json; empty without. Throws CniError 107 when it is damaged. */
export function parsePrepared(value: unknown): readonly PreparedConfig[] {
  const fault = prepared(value ?? [])
  if (fault === undefined) return (value ?? []) as readonly PreparedConfig[]
  const message = `vethra.json is damaged: configs: ${describeFault(fault)}`
  throw new CniError({ code: 107, message })
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
