import { attempt, type CniError, usageError } from '@vethra/cni'
import { evaluate, readTerm, type Term, verbNames } from './template-terms.ts'
import { asText, isTrue } from './template-values.ts'

/** A piece of a template that has been read. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly term: Term }
  | Block

// A piece that has others in it. A `range` may name the variables of an element's key and of the element.
interface Block {
  readonly kind: 'if' | 'range' | 'with'
  readonly term: Term
  readonly key: string | undefined
  readonly element: string | undefined
  readonly body: readonly Piece[]
  readonly otherwise: readonly Piece[]
}

/**
 * Reads a template of Go's text/template, as far as listings need it: terms, `{{if .X}}…{{else if .Y}}…{{else}}…{{end}}`, `with`,
 * `{{range $key, $value := .X}}` over lists and objects, `{{- .X -}}`, comments. `\t` and `\n` outside of braces are a tab and a new line.
 * Throws CniError 103 that names what cannot be read.
 */
export function parseTemplate(text: string): readonly Piece[] {
  const tokens = text
    .replaceAll(/\s*\{\{-(?=\s)/g, '{{')
    .replaceAll(/(?<=\s)-\}\}\s*/g, '}}')
    .split(/(\{\{(?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^"`}]|\}(?!\}))*\}\})/)
    .filter((token) => token !== '')
  const read = () => {
    const { pieces, rest } = readPieces(tokens)
    if (rest.length > 0) throw usageError(`${rest[0]} has no beginning`)
    return pieces
  }
  return attempt(read, ({ message }) => {
    throw unusableFormat(text, message)
  })
}

/** The CniError 103 for a `--format` that is no template. */
export function unusableFormat(format: string, why: string): CniError {
  return usageError(
    `cannot use the format ${JSON.stringify(format)}: ${why}`,
    `Use table, json, or a template such as '{{.Name}}' or 'table {{.ID}}\\t{{.Name}}', with if, range, with, end and ${verbNames.join(', ')}.`,
  )
}

interface Read {
  readonly pieces: readonly Piece[]
  readonly rest: readonly string[]
}

// Up to what ends the block that they are in.
function readPieces(tokens: readonly string[]): Read {
  const pieces: Piece[] = []
  let rest = tokens
  while (rest[0] !== undefined) {
    const [token, ...after] = rest
    const { inner, verb, words } = partsOf(token)
    if (verb === 'else' || verb === 'end') break
    rest = after
    if (verb) {
      const block = readBlock(verb, words, after)
      pieces.push(...block.pieces)
      rest = block.rest
    } else if (inner === undefined) pieces.push({ kind: 'text', text: readText(token) })
    else if (!inner.startsWith('/*')) pieces.push({ kind: 'value', term: readTerm(inner) })
  }
  return { pieces, rest }
}

function readText(token: string): string {
  if (token.includes('{{')) throw usageError('a {{ has no }}')
  return token.replaceAll('\\t', '\t').replaceAll('\\n', '\n')
}

function readBlock(kind: Block['kind'], words: string, tokens: readonly string[]): Read {
  const variables = /^(?:(\$\w+)\s*,\s*)?(\$\w+)\s*:=\s*/
  const [declared = '', key, element] = (kind === 'range' && variables.exec(words)) || []
  const term = readTerm(words.slice(declared.length))
  const { pieces: body, rest } = readPieces(tokens)
  const otherwise = readElse(rest)
  const block = { kind, term, key, element, body, otherwise: otherwise.pieces }
  return { pieces: [block], rest: otherwise.rest }
}

// "else if" shares its {{end}} with the block that it is in.
function readElse([token = '', ...after]: readonly string[]): Read {
  const { verb, words } = partsOf(token)
  if (verb === 'end') return { pieces: [], rest: after }
  if (verb !== 'else') throw usageError('an {{end}} is missing')
  const next = partsOf(`{{${words}}}`)
  if (next.verb === 'if' || next.verb === 'with') return readBlock(next.verb, next.words, after)
  const { pieces, rest } = readPieces(after)
  if (partsOf(rest[0]).verb !== 'end') throw usageError('an {{end}} is missing')
  return { pieces, rest: rest.slice(1) }
}

interface Parts {
  /** The text between the braces; undefined for a token without. */
  readonly inner: string | undefined
  readonly verb: Block['kind'] | 'else' | 'end' | undefined
  readonly words: string
}

function partsOf(token = ''): Parts {
  const inner = /^\{\{\s*(.*?)\s*\}\}$/s.exec(token)?.[1]
  const [, verb, words = ''] = /^(if|range|with|else|end)\b\s*(.*)$/s.exec(inner ?? '') ?? []
  return { inner, verb: verb as Parts['verb'], words }
}

/** The text of a template for a value. A field that the value does not have is nothing. */
export function render(pieces: readonly Piece[], value: unknown): string {
  return renderIn(pieces, { '.': value, $: value })
}

type Scope = Readonly<Record<string, unknown>>

function renderIn(pieces: readonly Piece[], scope: Scope): string {
  return pieces.map((piece) => renderPiece(piece, scope)).join('')
}

function renderPiece(piece: Piece, scope: Scope): string {
  if (piece.kind === 'text') return piece.text
  const value = evaluate(piece.term, scope)
  if (piece.kind === 'value') return asText(value)
  if (!isTrue(value)) return renderIn(piece.otherwise, scope)
  if (piece.kind === 'if') return renderIn(piece.body, scope)
  if (piece.kind === 'with') return renderIn(piece.body, { ...scope, '.': value })
  const { key = '', element = '', body } = piece
  return Object.entries(value as object)
    .map(([name, each]) => {
      const index = Array.isArray(value) ? Number(name) : name
      return renderIn(body, { ...scope, [key]: index, [element]: each, '.': each })
    })
    .join('')
}
