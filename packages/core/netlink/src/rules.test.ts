import { expect, it } from 'vitest'
import { decodeRule } from './links.ts'

const prohibit = 8
const lookup = 1
const u32 = (key: number, value: number) => [8, 0, key, 0, value, 0, 0, 0]
const priority = u32(6, 10)
const said = [...u32(15, 0), 8, 0, 14, 0, 255, 255, 255, 255, 5, 0, 21, 0, 3, 0, 0, 0]

it.each([
  ['a rule that prohibits all', prohibit, [], 0, true],
  ['one that leads to a table', lookup, [], 0, false],
  ['one for what bears a mark', prohibit, u32(10, 5), 0, false],
  ['one for a source', prohibit, u32(2, 10), 0, false],
  ['one for all else than all', prohibit, [], 2, false],
])(
  '%s is told by its action, its flags and its selectors',
  (_, action, selector, flags, refuses) => {
    const header = [2, 0, 0, 0, 0, 0, 0, action, flags, 0, 0, 0]
    const body = Uint8Array.from([...header, ...said, ...priority, ...selector])
    expect(decodeRule({ type: 32, body } as Parameters<typeof decodeRule>[0])).toMatchObject({
      ...{ family: 4, priority: 10, refuses },
    })
  },
)
