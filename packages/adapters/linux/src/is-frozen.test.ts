import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { isFrozen } from './is-frozen.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frozen-'))
})

it.each([
  ['v1, frozen', '4:freezer:/c1\n0::/\n', { 'freezer/c1/freezer.state': 'FROZEN\n' }, true],
  ['v1, thawed', '4:freezer:/c1\n', { 'freezer/c1/freezer.state': 'THAWED\n' }, false],
  ['v2, frozen', '0::/c1\n', { 'c1/cgroup.freeze': '1\n' }, true],
  ['v2 beside v1', '1:cpu:/\n0::/c1\n', { 'unified/c1/cgroup.freeze': '1\n' }, true],
  ['v2, thawed', '0::/c1\n', { 'c1/cgroup.freeze': '0\n' }, false],
  ['out of our root', '0::/../c1\n', { 'c1/cgroup.freeze': '1\n' }, false],
  ['no such group', '4:freezer:/c2\n', {}, false],
  ['no such process', undefined, {}, false],
] as const)('%s', async (_what, groups, files, frozen) => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  if (groups !== undefined) await writeFile(join(folder, 'groups'), groups)
  expect(await isFrozen(1, join(folder, 'groups'), folder)).toBe(frozen)
})
