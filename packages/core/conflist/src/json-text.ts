import { CniError, isNestedDeeper, type Json, parseJson } from '@vethra/cni'
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'

/** A JSON text that has been read. */
export interface JsonText {
  readonly value: Json
  readonly text: string
}

/** A property of an object as written in a text. */
export interface Property {
  readonly key: string
  /** `"key": value`, as written. */
  readonly source: string
}

/**
 * Reads strict JSON. Throws CniError 6 whose message is `what`, a colon and the fault with its line
 * and column; a text that ends early says `unexpected end of JSON input`, as Go does.
 */
export function readJson(text: string, what: string): JsonText {
  try {
    return { value: parseJson(text), text }
  } catch (cause) {
    throw broken(text, what, cause)
  }
}

/** The properties of the object that a text is, in the order written; duplicates are kept. Empty for any other value. */
export function properties({ text }: JsonText): readonly Property[] {
  return membersOf(parseTree(text), 'object').map((property) => ({
    key: property.children?.[0]?.value,
    source: slice(text, property),
  }))
}

/**
 * The source of each element of the array under `key`; the last one counts when a key is repeated.
 * Empty for any other value.
 */
export function elements({ text }: JsonText, key: string): readonly string[] {
  const property = membersOf(parseTree(text), 'object').findLast(
    (each) => each.children?.[0]?.value === key,
  )
  return membersOf(property?.children?.[1], 'array').map((element) => slice(text, element))
}

function membersOf(node: Node | undefined, type: 'object' | 'array'): readonly Node[] {
  return node?.type === type ? (node.children ?? []) : []
}

function slice(text: string, { offset, length }: Node): string {
  return text.slice(offset, offset + length)
}

function broken(text: string, what: string, cause: unknown): CniError {
  const faults: ParseError[] = []
  // The parser of faults goes as deep as the text does.
  if (!isNestedDeeper(text)) parseTree(text, faults, { disallowComments: true })
  const [fault] = faults
  const why = fault === undefined ? 'unreadable JSON' : reason(text, fault)
  return new CniError({
    code: 6,
    message: `${what}: ${why}`,
    hint: 'Correct the JSON there: it allows no comments and no comma after the last element.',
    cause,
  })
}

function reason(text: string, { error, offset }: ParseError): string {
  const end = offset >= text.trimEnd().length
  const name = printParseErrorCode(error).replace(/([a-z])([A-Z])/g, '$1 $2')
  const lines = text.slice(0, end ? text.length : offset).split('\n')
  const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
  return `${end ? 'unexpected end of JSON input' : `invalid JSON: ${name.toLowerCase()}`} at ${place}`
}
