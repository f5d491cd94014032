import { type CniError, usageError } from '@vethra/cni'
import type { Shape } from './shape.ts'
import type { Piece } from './template.ts'

/** Throws CniError 103, which lists the fields that there are, for a template that asks for one that there is not. */
export function checkFields(pieces: readonly Piece[], shape: Shape): void {
  for (const piece of pieces) {
    if (piece.kind === 'text') continue
    const places = piece.words.filter((word) => word.startsWith('.'))
    const [below = shape] = places.map((path) => shapeAt(shape, path))
    if (piece.kind === 'value') continue
    checkFields(piece.body, piece.kind === 'range' ? elementOf(below) : shape)
    checkFields(piece.otherwise, shape)
  }
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
        if (piece.kind === 'value') return titleOf(piece.words, titles)
        return words(piece.body)
      })
      .join('')
  return words(pieces).split('\t')
}

function shapeAt(shape: Shape, path: string): Shape {
  const keys = path.split('.').filter((key) => key !== '')
  let [at, before]: [Shape, string] = [shape, '']
  for (const key of keys) {
    if (at === 'any') return 'any'
    if (at !== 'value' && 'map' in at) at = at.map
    else if (at !== 'value' && 'fields' in at && Object.hasOwn(at.fields, key))
      at = at.fields[key] ?? 'any'
    else throw unknownField(path, before, at)
    before = `${before}.${key}`
  }
  return at
}

function elementOf(shape: Shape): Shape {
  if (shape === 'value' || shape === 'any') return 'any'
  if ('list' in shape) return shape.list
  return 'map' in shape ? shape.map : 'any'
}

function titleOf(words: readonly string[], titles: Readonly<Record<string, string>>): string {
  const name =
    words
      .find((word) => word.startsWith('.'))
      ?.split('.')
      .at(-1) ?? ''
  const own = Object.hasOwn(titles, name) ? titles[name] : undefined
  return own ?? name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toUpperCase()
}

function unknownField(path: string, before: string, at: Shape): CniError {
  const fields = at !== 'value' && at !== 'any' && 'fields' in at ? Object.keys(at.fields) : []
  const where = before === '' ? '' : ` below ${before}`
  const elements = at === 'value' ? '' : `, but elements: {{range ${before}}}…{{end}}`
  const hint =
    fields.length > 0
      ? `The fields${where} are ${fields.map((each) => `.${each}`).join(', ')}.`
      : `${before} has no fields${elements}.`
  return usageError(`there is no field ${path} in the format`, hint)
}
