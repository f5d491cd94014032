import { describe, expect, it } from 'vitest'
import { CniError, parseJson, parseJsonOr } from './index.ts'

const megabyte = 1024 * 1024
const nested = (depth: number, inside = '1') => '['.repeat(depth) + inside + ']'.repeat(depth)

describe('a text of others', () => {
  it.each(['{"a":[1,{"b":null}],"c":"[[["}', ' "x" ', '1', 'null', `"${'['.repeat(500)}"`])(
    '%j is what JSON.parse makes of it',
    (text) => expect(parseJson(text)).toEqual(JSON.parse(text)),
  )

  it.each(['', '{', '[1,]', '"', "'a'", 'nan', '\0', '{"a":1}\0'])('%j is refused', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })

  it.each([
    ['arrays', nested],
    ['objects', (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`],
    ['strings full of brackets', (depth: number) => nested(depth, `"\\"]]]${'\\\\'.repeat(9)}"`)],
    [
      'keys full of brackets',
      (depth: number) => `${'{"]\\"}":'.repeat(depth)}1${'}'.repeat(depth)}`,
    ],
  ])('may have 128 levels of %s, and no more', (_, make) => {
    expect(parseJson(make(128))).toEqual(JSON.parse(make(128)))
    expect(() => parseJson(make(129))).toThrow(SyntaxError)
    expect(() => parseJson(make(50_000))).toThrow(SyntaxError)
  })

  it('has a depth of its own where it goes into another', () => {
    expect(parseJson(nested(3), 3)).toEqual([[[1]]])
    expect(() => parseJson(nested(4), 3)).toThrow(SyntaxError)
  })

  it('may have 16 Mi characters, and no more', () => {
    expect(parseJson(`"${'x'.repeat(16 * megabyte - 2)}"`)).toHaveLength(16 * megabyte - 2)
    expect(() => parseJson(`"${'x'.repeat(16 * megabyte - 1)}"`)).toThrow(SyntaxError)
  })

  it.each([
    ['opening brackets', '['.repeat(megabyte)],
    ['objects that do not end', '{"a":'.repeat(megabyte / 4)],
    ['a string that does not end', `[${'"'.repeat(3)}${'x'.repeat(megabyte)}`],
    ['backslashes', `${nested(200)}"${'\\'.repeat(megabyte)}`],
    ['quotation marks behind backslashes', `"${'\\"'.repeat(megabyte)}${'['.repeat(megabyte)}`],
    ['strings', `[${'"\\\\",'.repeat(megabyte / 4)}`],
    ['brackets side by side', `[${'[],'.repeat(megabyte)}`],
    ['NULs', '\0'.repeat(megabyte)],
  ])('%s by the megabyte take no time', { timeout: 30_000 }, (_, text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })
})

it('a text that is not JSON is refused in the words of the caller, with the fault as the cause', () => {
  const refusal = (cause: SyntaxError) => new CniError({ code: 6, message: 'm', cause })
  expect(parseJsonOr('{"a":[1]}', refusal)).toEqual({ a: [1] })
  const refused = expect.objectContaining({ code: 6, cause: expect.any(SyntaxError) })
  expect(() => parseJsonOr('{', refusal)).toThrow(refused)
  expect(() => parseJsonOr('[[1]]', refusal, 1)).toThrow(refused)
})
