/** Where a text stops being JSON, and what should stand there instead. */
export interface JsonFault {
  /** In UTF-16 code units from the start; the length of the text when it ends early. */
  readonly offset: number
  readonly why: string
}

/** The first fault of a text that is not JSON (RFC 8259); undefined for one that is. */
export function jsonFault(text: string): JsonFault | undefined {
  const open: string[] = []
  let wanted: Wanted = 'value'
  let offset = 0
  for (;;) {
    offset += matchAt(space, text, offset).length
    const [length, why] = readToken(text, offset, wanted, open)
    if (length === 0) return wanted === 'end' && why === '' ? undefined : { offset, why }
    offset += length
    wanted = why as Wanted
  }
}

type Wanted = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' | 'end'

const space = /[ \t\n\r]*/y
// RFC 8259, section 7: all but quotation mark, backslash and the control characters stand as they are.
const string = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y

// The length of the token and what is wanted after it; a length of 0 and why, where it is none.
function readToken(
  text: string,
  offset: number,
  wanted: Wanted,
  open: string[],
): readonly [number, Wanted | string] {
  const next = text[offset]
  if (wanted === 'end') return [0, next === undefined ? '' : unexpected(next, 'end of file')]
  if (next === undefined) return [0, 'unexpected end']
  if (isClosing(next, wanted, open)) {
    open.pop()
    return [1, afterValue(open)]
  }
  if (wanted === 'colon') return next === ':' ? [1, 'value'] : [0, unexpected(next, 'colon')]
  if (wanted === 'comma') {
    if (next !== ',') return [0, unexpected(next, 'comma')]
    return [1, open.at(-1) === '{' ? 'key' : 'value']
  }
  return wanted.endsWith('key') ? readKey(text, offset, next) : readValue(text, offset, next, open)
}

function readKey(text: string, offset: number, next: string): readonly [number, string] {
  if (next !== '"') return [0, unexpected(next, 'property name')]
  const { length } = matchAt(string, text, offset)
  return length > 0 ? [length, 'colon'] : [0, badString]
}

function readValue(
  text: string,
  offset: number,
  next: string,
  open: string[],
): readonly [number, string] {
  if (next === '{' || next === '[') {
    open.push(next)
    return [1, next === '{' ? 'first key' : 'first value']
  }
  const { length } = matchAt(next === '"' ? string : scalar, text, offset)
  if (length > 0) return [length, afterValue(open)]
  return [0, next === '"' ? badString : unexpected(next, 'value')]
}

const badString = 'invalid character or end in a string'

function isClosing(next: string, wanted: Wanted, open: readonly string[]): boolean {
  if (next === '}') return open.at(-1) === '{' && (wanted === 'comma' || wanted === 'first key')
  return next === ']' && open.at(-1) === '[' && (wanted === 'comma' || wanted === 'first value')
}

function afterValue(open: readonly string[]): Wanted {
  return open.length === 0 ? 'end' : 'comma'
}

function unexpected(next: string, wanted: string): string {
  return next === '/' ? 'invalid comment token' : `${wanted} expected`
}

function matchAt(pattern: RegExp, text: string, offset: number): string {
  const sticky = new RegExp(pattern, 'y')
  sticky.lastIndex = offset
  return sticky.exec(text)?.[0] ?? ''
}
