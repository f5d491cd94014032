import { type CniError, usageError } from '@vethra/cni'
import type { Shape } from './shape.ts'
import type { Piece } from './template.ts'
import type { Term } from './template-terms.ts'

/** Throws CniError 103, which lists the fields that there are, for a template that asks for one that there is not. */
export function checkFields(pieces: readonly Piece[], shape: Shape): void {
  checkIn(pieces, { '.': shape, $: shape })
}

// The shapes of variables: `.` is the object at hand, `$` the whole.
type Shapes = Readonly<Record<string, Shape>>

function checkIn(pieces: readonly Piece[], shapes: Shapes): void {
  for (const piece of pieces) {
    if (piece.kind === 'text') continue
    const shape = shapeOf(piece.term, shapes)
    if (piece.kind === 'value') continue
    const { kind, key = '', element = '', body, otherwise } = piece
    const below = kind === 'range' ? elementOf(shape) : shape
    const more: Shapes = { [key]: 'value', [element]: below, '.': below }
    checkIn(body, kind === 'if' ? shapes : { ...shapes, ...more })
    checkIn(otherwise, shapes)
  }
}

function shapeOf(term: Term, shapes: Shapes): Shape {
  if (term.kind === 'literal') return 'value'
  if (term.kind === 'place') {
    const { from, keys } = term
    const shape = typeof from === 'string' ? shapes[from] : shapeOf(from, shapes)
    if (shape === undefined)
      throw usageError(
        `there is no variable ${from} in the format`,
        `Name it in a range: {{range ${from} := .Field}}…{{end}}.`,
      )
    return shapeAt(shape, keys)
  }
  const [of = 'any', ...others] = term.args.map((each) => shapeOf(each, shapes))
  return term.verb === 'index' ? others.reduce(elementOf, of) : 'any'
}

/** The titles of a template's columns, which tabs separate. A title that is not in `titles` is made of the field's name. */
export function titlesOf(
  pieces: readonly Piece[],
  titles: Readonly<Record<string, string>> = {},
): readonly string[] {
  const words = (all: readonly Piece[]): string =>
    all
      .map((piece) => {
        if (piece.kind === 'text') return piece.text
        if (piece.kind === 'value') return titleOf(piece.term, titles)
        const below = words(piece.body)
        return /[A-Z]/.test(below) ? below : titleOf(piece.term, titles)
      })
      .join('')
  return words(pieces).split('\t')
}

function shapeAt(shape: Shape, keys: readonly string[]): Shape {
  let [at, before]: [Shape, string] = [shape, '']
  for (const key of keys) {
    if (at === 'any') return 'any'
    if (at !== 'value' && 'map' in at) at = at.map
    else if (at !== 'value' && 'fields' in at && Object.hasOwn(at.fields, key))
      at = at.fields[key] ?? 'any'
    else throw unknownField(keys, before, at)
    before = `${before}.${key}`
  }
  return at
}

function elementOf(shape: Shape): Shape {
  if (shape === 'value' || shape === 'any') return 'any'
  if ('list' in shape) return shape.list
  return 'map' in shape ? shape.map : 'any'
}

function titleOf(term: Term, titles: Readonly<Record<string, string>>): string {
  const name = placesOf(term).flat().at(-1) ?? ''
  const own = Object.hasOwn(titles, name) ? titles[name] : undefined
  return own ?? name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toUpperCase()
}

// The keys of each place that a term names.
function placesOf(term: Term): readonly (readonly string[])[] {
  if (term.kind === 'literal') return []
  if (term.kind === 'call') return term.args.flatMap(placesOf)
  return [...(typeof term.from === 'string' ? [] : placesOf(term.from)), term.keys]
}

function unknownField(keys: readonly string[], before: string, at: Shape): CniError {
  const fields = at !== 'value' && at !== 'any' && 'fields' in at ? Object.keys(at.fields) : []
  const where = before === '' ? '' : ` below ${before}`
  const elements = at === 'value' ? '' : `, but elements: {{range ${before}}}…{{end}}`
  const hint =
    fields.length > 0
      ? `The fields${where} are ${fields.map((each) => `.${each}`).join(', ')}.`
      : `${before} has no fields${elements}.`
  return usageError(`there is no field .${keys.join('.')} in the format`, hint)
}
