import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowsOf as rowsIn } from '../test/sample-names.ts'
import { blockOf, fitHosts as fitBlocks, type HostsFit, type LineBlock } from './index.ts'
import { outside } from './region.ts'

const begin = '# <nerdctl>'
const end = '# </nerdctl>'

// In two blocks, so that both ways of comparing are taken.
function blocksOf(lines: readonly string[]): readonly LineBlock[] {
  const half = lines.length >> 1
  return [blockOf(lines.slice(0, half)), blockOf(lines.slice(half))]
}

function fitHosts(old: string, lines: readonly string[]): HostsFit {
  return fitBlocks(old, blocksOf(lines))
}

/** What a file holds after each of the writes, as pwrite(2) does them, and after it was cut. */
function steps(old: string, { patches, size }: HostsFit): readonly string[] {
  const texts = [old]
  for (const { at, text: part } of patches) {
    const text = texts.at(-1) ?? ''
    texts.push(text.slice(0, at) + part + text.slice(at + part.length))
  }
  return [...texts, (texts.at(-1) ?? '').slice(0, size)]
}

function fitted(old: string, lines: readonly string[]): string {
  return steps(old, fitHosts(old, lines)).at(-1) ?? ''
}

/** A line for the peer with this number; their order is the order of their addresses. */
function peer(number: number, name = `c${number}`): string {
  return `${`10.0.${number >> 8}.${number & 255}`.padEnd(15)} ${name} ${name}.lan`
}

const peers = (...numbers: readonly number[]) => numbers.map((number) => peer(number))
const upTo = (count: number) => peers(...Array.from({ length: count }, (_, index) => index))
const isFiller = (row: string) => /^#-*$/.test(row)
const rowsOf = (text: string) => rowsIn(text).filter((row) => !isFiller(row))
const whole = (...lines: readonly string[]) => `${[begin, ...lines, end].join('\n')}\n`

describe('a file without a managed part', () => {
  it.each(['', '1.2.3.4 mine\n', '1.2.3.4 mine'])(
    '%j gets one behind its text, in one write',
    (old) => {
      const head = old === '' || old.endsWith('\n') ? old : `${old}\n`
      const { patches } = fitHosts(old, peers(1, 2))
      expect(patches).toHaveLength(1)
      expect(patches[0]?.at).toBe(old.length)
      expect(fitted(old, peers(1, 2))).toBe(head + whole(...peers(1, 2)))
    },
  )

  it('is right after that', () => {
    const text = fitted('', peers(1, 2))
    expect(fitHosts(text, peers(1, 2))).toEqual({ patches: [], size: text.length })
  })
})

describe('a file within one page', () => {
  it('holds its lines and nothing else, whoever came and went', () => {
    let text = fitted('', [])
    for (const lines of [upTo(9), peers(3, 5, 8), peers(2, 3, 5), upTo(30), upTo(5), peers(4)]) {
      text = fitted(text, lines)
      expect(text).toBe(whole(...lines))
    }
  })

  it('keeps what follows the managed part right behind it', () => {
    const text = fitted(`${whole(...upTo(5))}1.2.3.4 mine\n`, peers(1))
    expect(text).toBe(`${whole(...peers(1))}1.2.3.4 mine\n`)
  })

  it('changes all its lines in one write, between those that add and remove empty lines', () => {
    const old = whole(...peers(1, 2, 3))
    for (const lines of [peers(1, 2, 3, 4), peers(0, 3), [peer(1, 'another'), peer(3)]]) {
      const seen = steps(old, fitHosts(old, lines)).map((text) => text.replace(/\n+$/, '\n'))
      expect([...new Set(seen)]).toEqual([old, whole(...lines)])
    }
  })

  it('changes only what differs where no line changes its length', () => {
    const { patches } = fitHosts(whole(...peers(1, 2, 3)), [peer(1), peer(2, 'd2'), peer(3)])
    expect(patches.map(({ text }) => text)).toEqual(['d2 d'])
  })

  it('of an earlier version, with blanks, is written without', () => {
    const old = `${begin}\n${peer(1)}\n${' '.repeat(30)}\n${peer(3)}\n${' '.repeat(380)}\n${end}\n`
    expect(fitted(old, peers(1, 3))).toBe(whole(...peers(1, 3)))
  })
})

describe('a file of many pages', () => {
  it('no line lies across two pages, nor does the last marker', () => {
    const text = fitted('x'.repeat(300), upTo(600))
    for (const row of rowsOf(text)) {
      const at = text.indexOf(row)
      expect([row, Math.floor(at / 4096)]).toEqual([row, Math.floor((at + row.length) / 4096)])
    }
  })

  it('is written page by page, each in one write, and a line of another page stays where it is', () => {
    const old = fitted('', upTo(600))
    const lines = upTo(600).filter((_, index) => index !== 250)
    const { patches } = fitHosts(old, lines)
    expect(patches).toHaveLength(1)
    const pageOf = (at = 0) => Math.floor(at / 4096)
    expect(pageOf(patches[0]?.at)).toBe(pageOf(old.indexOf(peer(250))))
    expect(fitted(old, lines)).toHaveLength(old.length)
    const joined = fitHosts(fitted(old, lines), upTo(600))
    expect(joined.patches).toHaveLength(1)
    for (const { at, text } of joined.patches) {
      expect(pageOf(at)).toBe(pageOf(at + text.length - 1))
    }
  })

  it('fills its pages with short comments, and with a quarter of its size at most', () => {
    let text = fitted('', upTo(600))
    for (let left = 600; left > 0; left -= 1) {
      const lines = upTo(600).filter((_, index) => index % 7 === 0 || index < left)
      text = fitted(text, lines)
      const room = rowsIn(text).filter(isFiller)
      expect(Math.max(0, ...room.map((row) => row.length))).toBeLessThan(64)
      expect(room.join('').length).toBeLessThan(text.length / 4 + 2048)
    }
  })

  it('addresses that only go up do not make it grow for ever', () => {
    let text = ''
    for (let first = 0; first < 12_000; first += 20) {
      const lines = peers(...Array.from({ length: 200 }, (_, index) => first + index))
      text = fitted(text, lines)
    }
    expect(rowsOf(text)).toHaveLength(202)
    expect(text.length).toBeLessThan(16 * 1024)
  })
})

const step = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 120 })
const names = fc.stringMatching(/^[a-z]{1,60}$/)
const users = fc.constantFrom(
  '',
  '# mine\n1.2.3.4 foo # x\n',
  'no newline',
  `${'y'.repeat(4090)}\n`,
)

describe('a file in any state', () => {
  it('whatever comes and goes, the rows are those asked for, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(step, names), { maxLength: 8 }),
        users,
        users,
        (changes, before, behind) => {
          let text = fitted(before, []) + behind
          for (const [numbers, name] of changes) {
            const lines = linesOf(numbers, name)
            const next = fitted(text, lines)
            expect(rowsOf(managed(next))).toEqual([begin, ...lines, end])
            expect(outside(next)).toEqual(outside(text))
            expect(fitHosts(next, lines).patches).toEqual([])
            text = next
          }
        },
      ),
    )
  })

  it('after a kill between two writes the next operation makes it right', () => {
    fc.assert(
      fc.property(
        step,
        step,
        names,
        fc.integer({ min: 0, max: 400 }),
        (first, second, name, pad) => {
          const mine = pad === 0 ? '' : `#${'m'.repeat(pad)}\n`
          const old = fitted(mine, linesOf(first, ''))
          const lines = linesOf(second, name)
          for (const cut of steps(old, fitHosts(old, lines))) {
            expect(rowsOf(fitted(cut, lines))).toEqual(rowsOf(mine + whole(...lines)))
          }
        },
      ),
    )
  })

  it('a kill between two writes takes nothing from what users wrote behind', () => {
    fc.assert(
      fc.property(step, step, names, (first, second, name) => {
        const behind = '1.2.3.4 mine # first\n1.2.3.5 mine # last\n'
        const old = fitted('', linesOf(first, '')) + behind
        for (const cut of steps(old, fitHosts(old, linesOf(second, name)))) {
          for (const row of rowsIn(behind)) expect(cut).toContain(`${row}\n`)
        }
      }),
    )
  })

  it('what others made of it is put right, and their text outside stays', () => {
    const row = fc.constantFrom(
      begin,
      end,
      '\t# <nerdctl> ',
      '#</nerdctl>',
      '',
      '   ',
      peer(1),
      `${peer(2)}\r`,
      peer(3),
      '1.2.3.4 mine',
      '# note',
    )
    const text = fc.tuple(fc.array(row, { maxLength: 12 }), fc.constantFrom('', '\n'))
    fc.assert(
      fc.property(text, ([rows, last]) => {
        const old = rows.join('\n') + last
        const next = fitted(old, peers(1, 3))
        expect(rowsOf(managed(next))).toEqual([begin, ...peers(1, 3), end])
        expect(rowsOf(both(outside(next)))).toEqual(rowsOf(both(outside(old))))
        expect(fitHosts(next, peers(1, 3)).patches).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })
})

function linesOf(numbers: readonly number[], name: string): readonly string[] {
  return numbers.toSorted((a, b) => a - b).map((each) => peer(each, `${name}c${each}`))
}

function managed(text: string): string {
  const { before, behind } = outside(text)
  return text.slice(before.length, text.length - behind.length)
}

function both({ before, behind }: ReturnType<typeof outside>): string {
  return before + behind
}
