import type { Json } from '@vethra/cni'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Draft, draftOf, type JsonPath } from './draft.ts'
import { renderDraft } from './render-draft.ts'
import * as splice from './splice.ts'
import { applyTextEdits } from './text-edits.ts'

function edited(text: string, edit: (draft: Draft) => void): string {
  const draft = draftOf(text, () => true)
  edit(draft)
  const rendered = renderDraft(draft)
  expect(applyTextEdits(rendered.text, rendered.inverse)).toBe(text)
  return rendered.text
}

function setAt(text: string, path: JsonPath, value: Json): string {
  return edited(text, (draft) => splice.setAt(draft, path, value))
}

function appendTo(text: string, path: JsonPath, value: Json): string {
  return edited(text, (draft) => splice.appendTo(draft, path, value))
}

function removeAt(text: string, path: JsonPath): string {
  return edited(text, (draft) => splice.removeAt(draft, path))
}

const pretty = (value: Json) => JSON.stringify(value, null, '\t')

describe('setAt', () => {
  it.each([
    ['{"a":1}', ['a'], 2, '{"a":2}'],
    ['{"a":1}', ['b'], [2], '{"a":1,"b":[2]}'],
    ['{}', ['a', 'b'], 1, '{"a":{"b":1}}'],
    ['{"a":null}', ['a', 'b'], 1, '{"a":{"b":1}}'],
    [
      '{"big":18446744073709551615,"a":[1.0,2]}',
      ['a', 1],
      3,
      '{"big":18446744073709551615,"a":[1.0,3]}',
    ],
    [
      '{\n  "a": 1\n}\n',
      ['b'],
      { c: [1] },
      '{\n  "a": 1,\n  "b": {\n    "c": [\n      1\n    ]\n  }\n}\n',
    ],
    ['{\r\n\t"a": {}\r\n}', ['a', 'b'], 1, '{\r\n\t"a": {\r\n\t\t"b": 1\r\n\t}\r\n}'],
    ['{\n  "a": { "b": 1 }\n}', ['a', 'c'], 2, '{\n  "a": { "b": 1, "c": 2 }\n}'],
  ])('%j with %j as %j', (text, path, value, expected) => {
    expect(setAt(text, path, value)).toBe(expected)
  })
})

describe('appendTo', () => {
  it.each([
    ['{"a":[1]}', 2, '{"a":[1,2]}'],
    ['{"a":[ ]}', 2, '{"a":[2]}'],
    ['{"a":null}', 2, '{"a":[2]}'],
    ['{}', 2, '{"a":[2]}'],
    ['{\n "a": [\n  1\n ]\n}', 2, '{\n "a": [\n  1,\n  2\n ]\n}'],
  ])('%j and an item', (text, value, expected) => {
    expect(appendTo(text, ['a'], value)).toBe(expected)
  })
})

describe('prependTo', () => {
  it.each([
    ['{"a":[1]}', '{"a":[2,1]}'],
    ['{"a":[ ]}', '{"a":[2]}'],
    ['{}', '{"a":[2]}'],
    ['{\n "a": [\n  1,\n  3\n ]\n}', '{\n "a": [\n  2,\n  1,\n  3\n ]\n}'],
    ['{\n "a": [{ "b": 1 }]\n}', '{\n "a": [2, { "b": 1 }]\n}'],
  ])('%j and an item', (text, expected) => {
    expect(edited(text, (draft) => splice.prependTo(draft, ['a'], 2))).toBe(expected)
  })

  it('before the first item that is left', () => {
    const change = (draft: Draft) => {
      splice.removeAt(draft, ['a', 0])
      splice.prependTo(draft, ['a'], 2)
    }
    expect(edited('{"a":[1,3]}', change)).toBe('{"a":[2,3]}')
  })
})

describe('removeAt', () => {
  it.each([
    ['[1,2]', [1], '[1]'],
    ['[1,2]', [0], '[2]'],
    ['[ 1 ]', [0], '[]'],
    ['{"a":1,"b":2,"c":3}', ['b'], '{"a":1,"c":3}'],
    ['{\n\t"a": 1,\n\t"b": 2\n}', ['b'], '{\n\t"a": 1\n}'],
    ['{\n\t"a": 1,\n\t"b": 2\n}', ['a'], '{\n\t"b": 2\n}'],
  ])('%j without %j', (text, path, expected) => {
    expect(removeAt(text, path)).toBe(expected)
  })
})

describe('a text, compact or laid out,', () => {
  const key = fc.string().filter((each) => each !== '__proto__')
  const record = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), {
    minKeys: 1,
    noNullPrototype: true,
  })
  const renderings = [JSON.stringify, pretty]

  it('means what the same change to the value means', () => {
    fc.assert(
      fc.property(
        record,
        key,
        fc.jsonValue(),
        fc.constantFrom(...renderings),
        (value, name, item, render) => {
          const changed = setAt(render(value as Json), [name], item as Json)
          expect(JSON.parse(changed)).toEqual(
            JSON.parse(JSON.stringify({ ...value, [name]: item })),
          )
        },
      ),
    )
  })

  it('comes back byte for byte when what was added is removed', () => {
    fc.assert(
      fc.property(record, fc.jsonValue(), fc.constantFrom(...renderings), (value, item, render) => {
        const text = render(value as Json)
        const name = `${Object.keys(value).join('')}+`
        expect(removeAt(setAt(text, [name], item as Json), [name])).toBe(text)
      }),
    )
  })

  it('means what all of a few changes mean, and goes back by their inverse', () => {
    const change = fc.record({
      kind: fc.constantFrom('set', 'remove', 'append'),
      at: fc.nat(3),
      item: fc.jsonValue({ maxDepth: 1 }),
    })
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 }),
        fc.array(change, { maxLength: 5 }),
        fc.constantFrom(...renderings),
        (items, changes, render) => {
          const all: (Json | undefined)[] = [...(items as Json[])]
          const text = edited(render({ list: items } as Json), (draft) => {
            for (const { kind, at, item } of changes) {
              if (kind === 'append') {
                splice.appendTo(draft, ['list'], item as Json)
                all.push(item as Json)
              } else if (all[at] !== undefined) {
                if (kind === 'set') splice.setAt(draft, ['list', at], item as Json)
                else splice.removeAt(draft, ['list', at])
                all[at] = kind === 'set' ? (item as Json) : undefined
              }
            }
          })
          const left = all.filter((each) => each !== undefined)
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ list: left })))
        },
      ),
    )
  })

  it.each([
    '{"a\\u0062": 1, "c\\"d": "}]\\\\", "e": [ {} , [] , "\\\\\\"" ] }',
    ' [ 1e5 , -0.0 , true , null , false , "" ] ',
    '{"__proto__": {"constructor": 1}}\n',
  ])('%s is taken apart and put together again', (text) => {
    const draft = draftOf(text, () => true)
    expect(renderDraft(draft)).toEqual({ text, inverse: [] })
    const keys = draft.root.kind === 'object' ? draft.root.pieces.map(({ key }) => key) : undefined
    expect(keys ?? []).toEqual(keys ? Object.keys(JSON.parse(text)) : [])
  })
})
