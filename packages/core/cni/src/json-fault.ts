import { endOfString, isNestedDeeper, jsonOrNull } from './parse-json.ts'

/** Why a text is not JSON, with line and column, for the end of a message. */
export function jsonFault(text: string): string {
  const fault = isNestedDeeper(text) ? undefined : firstFault(text)
  if (fault === undefined) return 'unreadable JSON'
  const { at, wanted } = fault
  const lines = text.slice(0, at).split('\n')
  const isCut = at === text.length
  const why = isCut ? 'unexpected end of JSON input' : `invalid JSON: ${wanted} expected`
  return `${why} at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}

type Wanted = 'value' | 'property name' | 'colon' | 'comma' | 'end of file'

function firstFault(text: string): { readonly at: number; readonly wanted: Wanted } | undefined {
  const open: string[] = []
  let wanted: Wanted = 'value'
  let before = ''
  for (let at = endOfRun(blank, text, 0); at < text.length; at = endOfRun(blank, text, at)) {
    const end = endOfToken(text, at)
    const token = text.slice(at, end)
    const next = wantedBehind(token, { open, wanted, before })
    // A string that is not closed goes on to the end.
    if (next === undefined) return { at: end > text.length ? text.length : at, wanted }
    ;[wanted, before, at] = [next, token, end]
  }
  return wanted === 'end of file' ? undefined : { at: text.length, wanted }
}

const blank = /[ \t\r\n]*/y
const word = /[^ \t\r\n{}[\],:"]*/y

function endOfRun(run: RegExp, text: string, at: number): number {
  run.lastIndex = at
  run.test(text)
  return run.lastIndex
}

// Behind the end of the text where a string is not closed.
function endOfToken(text: string, at: number): number {
  if (text[at] === '"') return endOfString(text, at) + 1
  return Math.max(endOfRun(word, text, at), at + 1)
}

interface Place {
  /** The brackets that are open: changed. */
  readonly open: string[]
  readonly wanted: Wanted
  /** The token before this one. */
  readonly before: string
}

// Undefined behind a token that may not be there.
function wantedBehind(token: string, { open, wanted, before }: Place): Wanted | undefined {
  const holder = open.at(-1) ?? ''
  if (token === closers[holder] && (wanted === 'comma' || before === holder)) {
    open.pop()
    return open.length === 0 ? 'end of file' : 'comma'
  }
  if (wanted === 'colon') return token === ':' ? 'value' : undefined
  if (wanted === 'comma' && token === ',') return holder === '{' ? 'property name' : 'value'
  if (wanted === 'property name') return isScalar(token) && token[0] === '"' ? 'colon' : undefined
  if (wanted !== 'value') return undefined
  if (Object.hasOwn(closers, token)) {
    open.push(token)
    return token === '{' ? 'property name' : 'value'
  }
  if (!isScalar(token)) return undefined
  return open.length === 0 ? 'end of file' : 'comma'
}

const closers: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

function isScalar(token: string): boolean {
  return jsonOrNull(`[${token}]`, JSON.parse) !== null
}
