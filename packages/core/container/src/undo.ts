import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { goField, invalidFileError, isObject, isTexts, type Json } from '@vethra/cni'
import { annotationKeys } from './annotations.ts'
import { parseConfigText } from './config-text.ts'
import { isListOf, isText } from './facts.ts'
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

/** The changes to files in vethra.json; empty without. Throws CniError 107 when it is damaged. */
export function parsePrepared(value: unknown): readonly PreparedConfig[] {
  if (isListOf(isPrepared)(value ?? [])) return (value ?? []) as readonly PreparedConfig[]
  throw invalidFileError('vethra.json is damaged: configs must be changes of files')
}

// Absolute, without dots, and the one name that a bundle gives its file.
const filePattern = /^(?:\/(?!\.{1,2}\/)[^/\0]+)*\/config\.json$/

function isPrepared(value: unknown): boolean {
  if (!isObject(value)) return false
  const { file, versions } = value
  return isText(file) && filePattern.test(file) && isListOf(isUndo)(versions)
}

function isUndo(value: unknown): boolean {
  if (!isObject(value)) return false
  const { sha256, was, edits, members, made } = value
  const isHash = [sha256, was].every((each) => isText(each) && /^[0-9a-f]{64}$/.test(each))
  return isHash && isListOf(isEdit)(edits) && isListOf(isMember)(members) && isListOf(isPlace)(made)
}

function isEdit(value: unknown): boolean {
  return isObject(value) && [value['at'], value['length']].every(isCount) && isText(value['text'])
}

function isMember(value: unknown): boolean {
  return isObject(value) && isPlace(value['path']) && isText(value['key'] ?? '')
}

function isPlace(value: unknown): boolean {
  return isTexts(value) && value.length <= 8
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

/** A config.json as before it was prepared: byte for byte where unchanged, else without what still is as written. Throws CniError 6 and 7. */
export function undoConfig(text: string, versions: readonly ConfigUndo[]): string {
  if (versions.length === 0) return text
  const now = hashOf(text)
  if (versions.some(({ was }) => was === now)) return text
  const exact = versions.find((each) => each.sha256 === now)
  const before = exact && applyTextEdits(text, exact.edits)
  if (before !== undefined && hashOf(before) === exact?.was) return before
  return isObject(parseConfigText(text)) ? versions.reduce(undoMembers, text) : text
}

/** Whether a config.json is prepared by now for another container than that of the folder. Throws CniError 6 for what is not JSON. */
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
