import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { storedName } from './read-names.ts'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vethra-name-'))
  await mkdir(`${dir}/default/c1`, { recursive: true })
})

const meta = (text: string) => writeFile(`${dir}/default/c1/meta.json`, text)

it.each([
  ['of nerdctl 2.x', '{"ID":"c1","Networks":{},"Hostname":"h","Name":"shop"}', 'shop'],
  [
    'of nerdctl 1.x',
    '{"Namespace":"default","ID":"c1","Networks":null,"Name":"a.b_c-1"}',
    'a.b_c-1',
  ],
  ['without a name', '{"ID":"c1","Networks":{}}', ''],
  ['of another container', '{"ID":"c2","Name":"shop"}', ''],
  ['with a name for terminals', '{"ID":"c1","Name":"\\u001b[2J"}', ''],
  ['with an endless name', `{"ID":"c1","Name":"${'a'.repeat(256)}"}`, ''],
  ['with a name of another type', '{"ID":"c1","Name":7}', ''],
  ['nested without end', '['.repeat(100_000), ''],
  ['cut short', '{"ID":"c1","Na', ''],
])('is that of a meta.json %s', async (_what, text, name) => {
  await meta(text)
  expect(storedName(dir, 'default', 'c1')).toBe(name)
})

it('is empty where there is none, and no path leads out of the folder', async () => {
  expect(storedName(dir, 'default', 'c1')).toBe('')
  expect(storedName(`${dir}/none`, 'default', 'c1')).toBe('')
  await meta('{"ID":"c1","Name":"shop"}')
  expect(storedName(`${dir}/default`, '..', 'c1')).toBe('')
  await rm(`${dir}/default/c1/meta.json`)
  await symlink('/dev/zero', `${dir}/default/c1/meta.json`)
  expect(storedName(dir, 'default', 'c1')).toBe('')
})
