import { CniError, type Json } from '@vethra/spec'
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'

/** A JSON text that has been read: its value, and where each part of it stands in the text. */
export interface JsonText {
  readonly value: Json
  readonly root: Node
  readonly text: string
}

/** A property of an object as it stands in a text. */
export interface Property {
  readonly key: string
  /** `"key": value`, as written. */
  readonly source: string
  /** The value alone, as written. */
  readonly value: string
}

/**
 * Reads strict JSON. Throws CniError 6 whose message is `what`, a colon and the fault with its line
 * and column; a text that ends early says `unexpected end of JSON input`, as Go does.
 */
export function readJson(text: string, what: string): JsonText {
  const faults: ParseError[] = []
  const root = parseTree(text, faults, {
    disallowComments: true,
    allowTrailingComma: false,
    allowEmptyContent: false,
  })
  if (root === undefined || faults.length > 0) throw broken(text, what, faults[0])
  try {
    return { value: JSON.parse(text), root, text }
  } catch (cause) {
    throw broken(text, what, undefined, cause)
  }
}

/** The properties of an object node in the order written; duplicates are kept. */
export function properties({ root, text }: JsonText, node: Node = root): readonly Property[] {
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? []
    if (key === undefined || value === undefined) return []
    return [{ key: key.value, source: slice(text, property), value: slice(text, value) }]
  })
}

/** The source of each element of the array under `key`; the last one counts when a key stands twice. */
export function elements({ root, text }: JsonText, key: string): readonly string[] {
  const property = root.children?.findLast((child) => child.children?.[0]?.value === key)
  return (property?.children?.[1]?.children ?? []).map((element) => slice(text, element))
}

function slice(text: string, { offset, length }: Node): string {
  return text.slice(offset, offset + length)
}

function broken(text: string, what: string, fault?: ParseError, cause?: unknown): CniError {
  const end = fault === undefined || fault.offset >= text.trimEnd().length
  const lines = text.slice(0, fault?.offset ?? text.length).split('\n')
  const where = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
  const why = end ? 'unexpected end of JSON input' : `invalid JSON: ${faultName(fault)}`
  return new CniError({
    code: 6,
    message: `${what}: ${cause === undefined ? why : 'invalid JSON'} at ${where}`,
    hint: 'Correct the JSON there: it allows no comments and no comma after the last element.',
    ...(cause === undefined ? {} : { cause }),
  })
}

function faultName(fault: ParseError): string {
  return printParseErrorCode(fault.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
}
