import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { container, sampleStore } from '../test/sample-store.ts'

it('layout and modes are those of nerdctl, whatever the umask', async () => {
  const { folder, store, close } = await sampleStore()
  const umask = process.umask(0o077)
  try {
    await store.prepare('a', '')
    await store.acquire(container('a', 'lan', '10.0.0.1/24'))
    await store.acquire({ ...container('b', 'lan', '10.0.0.2/24'), networks: null })
    const paths = await readdir(folder, { recursive: true })
    expect(paths.sort()).toEqual(['a', 'a/hosts', 'a/meta.json', 'b', 'b/hosts', 'b/meta.json'])
    const modeOf = async (path: string) => (await stat(join(folder, path))).mode & 0o777
    for (const path of ['', 'a', 'b']) expect([path, await modeOf(path)]).toEqual([path, 0o700])
    for (const id of ['a', 'b']) {
      expect(await modeOf(`${id}/hosts`)).toBe(0o644)
      expect(await modeOf(`${id}/meta.json`)).toBe(0o600)
    }
  } finally {
    process.umask(umask)
    await close()
  }
})
