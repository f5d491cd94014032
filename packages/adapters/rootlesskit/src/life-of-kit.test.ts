import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lifeOfKit } from './index.ts'

it('a life is known once its child is, stays the same, and is no other one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rk-'))
  const file = join(folder, 'child_pid')
  expect(lifeOfKit(folder)).toBeUndefined()
  await writeFile(file, '')
  expect(lifeOfKit(folder)).toBeUndefined()
  await writeFile(file, '42')
  const life = lifeOfKit(folder)
  expect(life).toBeTypeOf('string')
  expect(lifeOfKit(folder)).toBe(life)
  await rm(file)
  await writeFile(file, '42')
  expect(lifeOfKit(folder)).not.toBe(life)
})
