import { describe, expect, it } from 'vitest'
import { suggestionFor } from './suggestion.ts'

const names = ['create', 'connect', 'disconnect', 'ls', 'list', 'inspect', 'rm', 'remove', 'prune']

describe('suggestionFor', () => {
  it.each([
    ['creat', 'create'],
    ['craete', 'create'],
    ['inspct', 'inspect'],
    ['conect', 'connect'],
    ['lst', 'ls'],
    ['remvoe', 'remove'],
    ['prne', 'prune'],
    ['reload', undefined],
    ['rename', undefined],
    ['run', undefined],
    ['restore', undefined],
    ['rs', 'ls'],
    ['x'.repeat(100_000), undefined],
    ['', undefined],
  ])('%s: %s', (word, meant) => {
    expect(suggestionFor(word, names)).toBe(meant)
  })
})
