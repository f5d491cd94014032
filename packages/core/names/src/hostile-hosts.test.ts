import { describe, expect, it } from 'vitest'
import { container } from '../test/sample-names.ts'
import { blockOf, fitHosts, renderHosts } from './index.ts'

const own = container('o', { networks: null })
const blocks = [blockOf(['10.0.0.1        a', '10.0.0.2        b'])]
const size = 1024 * 1024

/** A text of a megabyte. */
function megabyteOf(text: string): string {
  return text.repeat(Math.ceil(size / text.length))
}

const texts = [
  ['first markers without a newline', megabyteOf('<nerdctl>')],
  ['last markers without a newline', `# <nerdctl>\n${megabyteOf('</nerdctl>')}`],
  ['comments that begin as a marker does', megabyteOf('# <nerdctl> x\n')],
  ['first markers', megabyteOf('# <nerdctl>\n')],
  ['last markers', megabyteOf('# </nerdctl>\n')],
  ['managed parts', megabyteOf('# <nerdctl>\n# </nerdctl>\n')],
  ['managed parts with text between', megabyteOf('# <nerdctl>\n# </nerdctl>\nx\n')],
  ['a managed part of blanks', `# <nerdctl>\n${megabyteOf(' ')}\n# </nerdctl>\n`],
  ['a managed part of short rows', `# <nerdctl>\n${megabyteOf('#\n')}# </nerdctl>\n`],
  ['a managed part of known rows', `# <nerdctl>\n${megabyteOf('10.0.0.2        b\n')}`],
  ['carriage returns', megabyteOf('# <nerdctl>\r\n')],
  ['NULs', megabyteOf('\0')],
  ['newlines', megabyteOf('\n')],
  ['number signs', megabyteOf('#')],
  ['blanks and number signs', megabyteOf(' #')],
] as const

// In milliseconds, many times what it takes: what grows with the square takes minutes.
const timeLimit = 20_000

describe.each(texts)('a megabyte of %s', (_, text) => {
  it('is rendered in time', { timeout: timeLimit }, () => {
    expect(renderHosts(text, own, []).length).toBeLessThanOrEqual(size + 1024)
  })

  it('is left, and told of, in time', { timeout: timeLimit }, () => {
    const { patches, size: next, excess } = fitHosts(text, blocks)
    const [patch] = patches
    expect(patches).toEqual([{ at: 0, text: expect.stringContaining('\n10.0.0.2        b\n') }])
    expect(next).toBe(patch?.text.length)
    expect(excess?.octets).toBeGreaterThan(64 * 1024)
  })
})

describe('what a hosts file may hold', () => {
  const part = fitHosts('', blocks).patches[0]?.text ?? ''

  it.each([
    ['64 KiB outside the managed part', `${'x'.repeat(64 * 1024 - 1)}\n${part}`],
    ['a note among the managed lines', part.replace('10.0.0.2', '# note\n10.0.0.2')],
  ])('%s is no excess', (_, old) => {
    expect(fitHosts(old, blocks).excess).toBeUndefined()
  })

  it.each([
    ['text outside the managed part', `${'x'.repeat(64 * 1024)}\n${part}`],
    ['text outside the managed part', `${part}${'x'.repeat(64 * 1024)}\n`],
    ['managed part', part.replace('10.0.0.2', `${'x'.repeat(8192)}\n10.0.0.2`)],
  ])('too much %s makes the file anew', (excess, old) => {
    const fit = fitHosts(old, blocks)
    expect(fit.excess?.part).toBe(excess)
    expect(fit.patches).toEqual([{ at: 0, text: part }])
    expect(fit.size).toBe(part.length)
  })
})
