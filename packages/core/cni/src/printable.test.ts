import { describe, expect, it } from 'vitest'
import { CniError, escapeControls, explain, oneLine } from './index.ts'

const controls = [...Array(0x20).keys(), 0x7f, ...Array.from({ length: 0x20 }, (_, i) => 0x80 + i)]
const bidirectional = [
  0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
]
const all = String.fromCharCode(...controls, ...bidirectional)

describe('oneLine', () => {
  it.each([
    ['csi', '\u009b31mred', '\\u009b31mred'],
    ['an escape', '\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
    ['a right-to-left override', 'a\u202egnp.exe', 'a\\u202egnp.exe'],
    ['line breaks', 'one\r\n\u2028two\tthree', 'one two three'],
    ['letters of any script', 'é ∞ שלום 👩‍👩‍👧', 'é ∞ שלום 👩‍👩‍👧'],
  ])('writes %s so that a terminal prints it', (_, text, expected) => {
    expect(oneLine(text)).toBe(expected)
  })

  it('leaves none of the characters that a terminal obeys', () => {
    const left = [...oneLine(all)].filter((each) => all.includes(each))
    expect(left).toEqual([])
  })
})

describe('escapeControls', () => {
  it('keeps what a JSON text means, and its lines', () => {
    const value = { [all]: [all, 'é'] }
    const text = JSON.stringify(value, null, 2)
    expect(JSON.parse(escapeControls(text))).toEqual(value)
    expect(escapeControls(text).split('\n')).toHaveLength(text.split('\n').length)
  })
})

it('explain escapes messages, details, causes and hints', () => {
  const cause = new Error(`c${all}`)
  const error = new CniError({ code: 7, message: `m${all}`, details: all, hint: `h${all}`, cause })
  const left = [...explain(error).join('')].filter((each) => all.includes(each))
  expect(left).toEqual([])
})
