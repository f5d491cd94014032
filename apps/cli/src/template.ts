import { type CniError, usageError } from '@vethra/cni'

/** A piece of a template that has been read. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly words: readonly string[] }
  | {
      readonly kind: 'if' | 'range'
      readonly words: readonly string[]
      readonly body: readonly Piece[]
      readonly otherwise: readonly Piece[]
    }

/**
 * Reads a Go-style template (text/template, as far as listings need it):
 * `{{.Field.Sub}}`, `{{.}}`, `{{json .X}}`, `{{join .X ", "}}`, `{{len .X}}`, `{{if .X}}…{{else}}…{{end}}`,
 * `{{range .X}}…{{end}}` over lists and the values of objects; `\t` and `\n` outside of braces.
 * Throws CniError 103 that names what cannot be read.
 */
export function parseTemplate(text: string): readonly Piece[] {
  const tokens = text.split(/(\{\{-?[^}]*\}\})/).filter((token) => token !== '')
  const { pieces, rest } = readPieces(tokens, text)
  if (rest.length > 0) throw wrong(text, `${rest[0]} has no beginning`)
  return pieces
}

function readPieces(
  tokens: readonly string[],
  whole: string,
): { pieces: readonly Piece[]; rest: readonly string[] } {
  const pieces: Piece[] = []
  let rest = tokens
  while (rest.length > 0) {
    const [token = '', ...after] = rest
    const words = wordsOf(token)
    const [verb = ''] = words ?? []
    if (words === undefined) {
      if (token.includes('{{')) throw wrong(whole, 'a {{ has no }}')
      pieces.push({ kind: 'text', text: token.replaceAll('\\t', '\t').replaceAll('\\n', '\n') })
      rest = after
    } else if (verb === 'end' || verb === 'else') {
      break
    } else if (verb === 'if' || verb === 'range') {
      const block = readBlock(after, whole)
      pieces.push({ kind: verb, words: checked(words.slice(1), whole), ...block })
      rest = block.rest
    } else {
      pieces.push({ kind: 'value', words: checked(words, whole) })
      rest = after
    }
  }
  return { pieces, rest }
}

function readBlock(
  tokens: readonly string[],
  whole: string,
): { body: readonly Piece[]; otherwise: readonly Piece[]; rest: readonly string[] } {
  const body = readPieces(tokens, whole)
  const hasElse = wordsOf(body.rest[0] ?? '')?.[0] === 'else'
  const none = { pieces: [], rest: body.rest }
  const otherwise = hasElse ? readPieces(body.rest.slice(1), whole) : none
  if (wordsOf(otherwise.rest[0] ?? '')?.[0] !== 'end') throw wrong(whole, 'an {{end}} is missing')
  return { body: body.pieces, otherwise: otherwise.pieces, rest: otherwise.rest.slice(1) }
}

// The words between braces; undefined for a text. A quoted text is one word and keeps its quotes.
function wordsOf(token: string): readonly string[] | undefined {
  const inner = /^\{\{-?\s*(.*?)\s*\}\}$/.exec(token)?.[1]
  return inner === undefined ? undefined : (inner.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [])
}

const verbs = new Set(['json', 'join', 'len'])

function checked(words: readonly string[], whole: string): readonly string[] {
  const [first = ''] = words
  const known = verbs.has(first) || first.startsWith('.')
  const places = words.slice(1).every((word) => word.startsWith('.') || word.startsWith('"'))
  if (known && places) return words
  throw wrong(whole, `{{${words.join(' ')}}} is not understood`)
}

/** The text of a template for a value. A field that the value does not have is nothing. */
export function render(pieces: readonly Piece[], value: unknown): string {
  return pieces.map((piece) => renderPiece(piece, value)).join('')
}

function renderPiece(piece: Piece, value: unknown): string {
  if (piece.kind === 'text') return piece.text
  if (piece.kind === 'value') return asText(evaluate(piece.words, value))
  const subject = evaluate(piece.words, value)
  if (piece.kind === 'if') return render(isTrue(subject) ? piece.body : piece.otherwise, value)
  const items = isTrue(subject) ? Object.values(subject as object) : []
  if (items.length === 0) return render(piece.otherwise, value)
  return items.map((item) => render(piece.body, item)).join('')
}

function evaluate([verb = '', ...args]: readonly string[], value: unknown): unknown {
  const of = (word = '.') => (word.startsWith('"') ? JSON.parse(word) : fieldOf(value, word))
  if (verb === 'json') return JSON.stringify(of(args[0]) ?? null)
  if (verb === 'len') return Object.keys(of(args[0]) ?? {}).length
  if (verb !== 'join') return of(verb)
  return Object.values(of(args[0]) ?? {})
    .map(asText)
    .join(String(of(args[1] ?? '""')))
}

function fieldOf(value: unknown, path: string): unknown {
  const keys = path.split('.').filter((key) => key !== '')
  return keys.reduce<unknown>((each, key) => {
    const has = typeof each === 'object' && each !== null && Object.hasOwn(each, key)
    return has ? (each as Record<string, unknown>)[key] : undefined
  }, value)
}

// What Go takes for true: not nothing, not zero, not empty.
function isTrue(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    ? Object.keys(value).length > 0
    : Boolean(value)
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function wrong(template: string, why: string): CniError {
  return usageError(
    `cannot use the format ${JSON.stringify(template)}: ${why}`,
    "Use table, json, or a template such as '{{.Name}}' or 'table {{.ID}}\\t{{.Name}}', with json, join, len, if, range and end.",
  )
}
