import * as node from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { basename, dirname, extname, join, resolve } from './path.ts'

const part = fc
  .array(fc.constantFrom('/', '//', '.', '..', 'a', 'b.c', '.d', 'e.', '...', ' ', 'ü'), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''))

it('says of any path what node:path says', () => {
  fc.assert(
    fc.property(part, (path) => {
      expect(dirname(path)).toBe(node.posix.dirname(path))
      expect(basename(path)).toBe(node.posix.basename(path))
      expect(extname(path)).toBe(node.posix.extname(path))
    }),
    { numRuns: 5000 },
  )
})

it('puts any parts together as node:path does', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      expect(join(...parts)).toBe(node.posix.join(...parts))
      expect(resolve(...parts)).toBe(node.posix.resolve(...parts))
    }),
    { numRuns: 5000 },
  )
})
