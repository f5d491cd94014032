import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockOf, fitHosts as fitBlocks, type Patch } from './index.ts'
import { outside } from './region.ts'
import { rowsOf } from './sample-names.ts'

const begin = '# <nerdctl>'
const end = '# </nerdctl>'

// In two blocks, so that both ways of comparing are taken.
function fitHosts(old: string, lines: readonly string[]): readonly Patch[] {
  const half = lines.length >> 1
  return fitBlocks(old, [blockOf(lines.slice(0, half)), blockOf(lines.slice(half))])
}

/** What a file holds after the patches, written as pwrite(2) would. */
function applied(old: string, patches: readonly Patch[]): string {
  return patches.reduce(
    (text, { at, text: part }) => text.slice(0, at) + part + text.slice(at + part.length),
    old,
  )
}

function fitted(old: string, lines: readonly string[]): string {
  return applied(old, fitHosts(old, lines))
}

/** A line for the peer with this number; their order is the order of their addresses. */
function peer(number: number, name = `c${number}`): string {
  return `${`10.0.${number >> 8}.${number & 255}`.padEnd(15)} ${name} ${name}.lan`
}

const peers = (...numbers: readonly number[]) => numbers.map((number) => peer(number))
const upTo = (count: number) => peers(...Array.from({ length: count }, (_, index) => index))

describe('a file without a managed part', () => {
  it.each(['', '1.2.3.4 mine\n', '1.2.3.4 mine'])(
    '%j gets one behind its text, in one write',
    (old) => {
      const patches = fitHosts(old, peers(1, 2))
      const head = old === '' || old.endsWith('\n') ? old : `${old}\n`
      expect(patches).toHaveLength(1)
      expect(patches[0]?.at).toBe(old.length)
      expect(applied(old, patches).startsWith(`${head}${begin}\n${peer(1)}\n${peer(2)}\n`)).toBe(
        true,
      )
      expect(rowsOf(applied(old, patches)).at(-1)).toBe(end)
    },
  )

  it('holds some room, and is a whole number of half kilobytes', () => {
    const text = fitted('', peers(1, 2))
    expect(text.length % 512).toBe(0)
    expect(text.length).toBeLessThanOrEqual(512)
    expect(fitHosts(text, peers(1, 2))).toEqual([])
  })
})

describe('a line that comes', () => {
  it('behind the others is one write of that line', () => {
    const old = fitted('', peers(1, 2))
    expect(fitHosts(old, peers(1, 2, 3))).toEqual([
      { at: old.indexOf(peer(2)) + peer(2).length + 1, text: `${peer(3)}\n` },
    ])
  })

  it('where one went before is one write, and nothing else moves', () => {
    const left = fitted(fitted('', peers(1, 2, 3)), peers(1, 3))
    const patches = fitHosts(left, [peer(1), peer(2, 'x'), peer(3)])
    expect(patches.map(({ at }) => at)).toEqual([left.indexOf(peer(1)) + peer(1).length + 1])
    expect(patches[0]?.text.trim()).toBe(peer(2, 'x'))
    expect(applied(left, patches)).toHaveLength(left.length)
  })

  it('takes room behind the end of the file when there is none left, in one write', () => {
    let text = ''
    for (let count = 1; count <= 300; count += 1) {
      const patches = fitHosts(text, upTo(count))
      expect(patches).toHaveLength(1)
      // The size of the file grows last, so that where it ended there has to end a row.
      const [patch] = patches
      const inside = patch?.text.slice(0, Math.max(0, text.length - patch.at)) ?? ''
      if (inside !== patch?.text && inside !== '') expect(inside.at(-1)).toBe('\n')
      text = applied(text, patches)
    }
    expect(rowsOf(text)).toEqual([begin, ...upTo(300), end])
  })

  it('pushes the next ones aside where it does not fit, up to the first gap', () => {
    const old = fitted(fitted('', peers(2, 3, 4, 5)), peers(2, 3, 5))
    const patches = fitHosts(old, peers(1, 2, 3, 5))
    expect(rowsOf(applied(old, patches))).toEqual([begin, ...peers(1, 2, 3, 5), end])
    const last = old.indexOf(peer(5))
    expect(patches.every(({ at, text }) => at + text.length <= last)).toBe(true)
  })
})

describe('a line that goes', () => {
  it('is overwritten with blanks, and nothing else is written', () => {
    const old = fitted('', peers(1, 2, 3))
    expect(fitHosts(old, peers(1, 3))).toEqual([
      { at: old.indexOf(peer(2)), text: ' '.repeat(peer(2).length) },
    ])
  })

  it('that comes back under another name changes only what differs', () => {
    const old = fitted('', peers(1, 2, 3))
    const [patch, ...more] = fitHosts(old, [peer(1), peer(2, 'd2'), peer(3)])
    expect(more).toEqual([])
    expect(patch?.text).toBe('d2 d')
  })
})

describe('a file in any state', () => {
  it('no line lies across two pages, nor does the last marker', () => {
    const text = fitted('x'.repeat(300), upTo(600))
    for (const row of rowsOf(text)) {
      const at = text.indexOf(`${row}\n`)
      expect([row, Math.floor(at / 4096)]).toEqual([row, Math.floor((at + row.length) / 4096)])
    }
  })

  it('addresses that only go up do not make the file grow for ever', () => {
    let text = ''
    for (let first = 0; first < 12_000; first += 20) {
      const lines = peers(...Array.from({ length: 50 }, (_, index) => first + index))
      text = fitted(text, lines)
    }
    expect(rowsOf(text)).toHaveLength(52)
    expect(text.length).toBeLessThan(32 * 1024)
  })

  it('whatever comes and goes, the rows are those asked for, in order, and the file never shrinks', () => {
    const step = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 60 })
    const names = fc.stringMatching(/^[a-z]{1,60}$/)
    const own = fc.constantFrom(
      '',
      '# mine\n1.2.3.4 foo # x\n',
      'no newline',
      `${'y'.repeat(4090)}\n`,
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(step, names), { maxLength: 8 }),
        own,
        own,
        (steps, before, behind) => {
          let text = fitted(before, []) + behind
          for (const [numbers, name] of steps) {
            const lines = numbers
              .toSorted((a, b) => a - b)
              .map((each) => peer(each, `${name}${each}`))
            const next = fitted(text, lines)
            expect(next.length).toBeGreaterThanOrEqual(text.length)
            expect(rowsOf(managed(next))).toEqual([begin, ...lines, end])
            expect(outside(next)).toEqual(outside(text))
            expect(fitHosts(next, lines)).toEqual([])
            text = next
          }
        },
      ),
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
        expect(fitHosts(next, peers(1, 3))).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })
})

function managed(text: string): string {
  const { before, behind } = outside(text)
  return text.slice(before.length, text.length - behind.length)
}

function both({ before, behind }: ReturnType<typeof outside>): string {
  return before + behind
}
