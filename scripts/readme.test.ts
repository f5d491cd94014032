import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { top } from './project.ts'
import { firstExample } from './readme.ts'

const read = (path: string) => readFileSync(join(top, path), 'utf8')

it('the program that the engine shows is the one of examples', () => {
  const code = read('examples/src/attach-namespace.ts')
  expect(firstExample(read('packages/engine/README.md'))).toEqual({ code, runs: 'host' })
})

it.each([
  ['```ts\na\n```', 'anywhere'],
  ['```ts host\na\n```', 'host'],
  ['```ts no-run\na\n```', 'nowhere'],
  ['```sh\nb\n```\n\n```ts\na\n```\n\n```ts host\nb\n```', 'anywhere'],
])('the first ts fence of %j runs %s', (readme, runs) => {
  expect(firstExample(`# x\n\n${readme}\n`)).toEqual({ code: 'a\n', runs })
})
