import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pluginFolders } from './index.ts'

it('a folder of plugins that is made is for its owner to write, whatever the umask: what lies in it runs as root', async () => {
  const root = mkdtempSync(join(tmpdir(), 'plugins-'))
  const umask = process.umask(0)
  try {
    await pluginFolders('/bin/true', () => ({ run: async () => '' })).link(
      join(root, 'opt/bin/bridge'),
      '/bin/true',
    )
  } finally {
    process.umask(umask)
  }
  const modes = ['opt', 'opt/bin'].map((each) => statSync(join(root, each)).mode & 0o777)
  expect(modes).toEqual([0o755, 0o755])
})

it('a file in place of the folder of plugins is the only cause', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'plugins-')), 'file')
  writeFileSync(file, '')
  const made = pluginFolders('/bin/true', () => ({ run: async () => '' })).link(
    join(file, 'bridge'),
    '/bin/true',
  )
  await expect(made).rejects.toMatchObject({
    message: `cannot make the folder ${file}`,
    cause: expect.objectContaining({ code: 'EEXIST' }),
  })
})
