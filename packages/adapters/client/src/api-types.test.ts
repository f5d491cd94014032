import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { typesOf } from '../test/types-of.ts'

it('the types are those of openapi.json: else run "node scripts/client-types.ts"', async () => {
  const document = JSON.parse(await readFile(new URL('../openapi.json', import.meta.url), 'utf8'))
  const types = await readFile(new URL('./api-types.ts', import.meta.url), 'utf8')
  expect(await typesOf(document)).toBe(types)
})
