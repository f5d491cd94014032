import { expect, it } from 'vitest'
import { proseFaults } from './prose-rules.ts'

const long = 'and so on '.repeat(12)

it.each([
  ['a docstring that begins with what', '/** What a code means. */\nexport const a = 1'],
  ['a later sentence of a docstring', '/**\n * The code.\n * Whoever asks gets it.\n */'],
  ['a phrase over two lines', '/**\n * The hook is\n * told the id.\n */'],
  ['a message that begins with what', "fail({ message: 'what is at F is no file' })"],
  ['a message in upper case', "fail({ message: 'Cannot read F now' })"],
  ['a message of a refusal', "throw refusal(\n  'Cannot read F now',\n)"],
  ['a hint', "fail({ hint: 'Make the bundle anew.' })"],
  ['a template', 'const a = `lock ${name} was not to be had`'],
  ['a text inside a template', "const a = `lock${late ? ' was not to be had in time' : ''}`"],
  ['a text after a regular expression', "const a = /[/'`]/g\nconst b = 'the way that it is'"],
  ['a long sentence', `/** The list ${long}. */`],
])('%s is refused', (_, source) => {
  expect(proseFaults('x.ts', source)).toHaveLength(1)
})

it.each([
  ['a noun and a verb', '/** The meaning of a code. Throws CniError 5 when it is unknown. */'],
  ['a comment inside', '// What the kernel does is of no matter.'],
  [
    'a message in lower case',
    "fail({ message: 'timed out waiting for a lock', hint: 'Try again.' })",
  ],
  ['an operation', "fail({ message: 'ADD of network lan failed' })"],
  ['an exact text of a peer', 'fail({ message: `IPAM plugin type="x" failed (add)` })'],
  ['a key', "const a = 'whatever'"],
  ['a short sentence after another', `/** A list of ids. ${long.slice(0, 60)}. */`],
])('%s is allowed', (_, source) => {
  expect(proseFaults('x.ts', source)).toEqual([])
})

it('a fault names the file and the line', () => {
  expect(proseFaults('x.ts', '\n\n/** Nobody asks. */')[0]).toMatch(/^x\.ts:3: /)
})
