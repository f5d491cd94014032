import { mkdtemp, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CachedAttachment, ResultCache } from '@vethra/world'
import { beforeEach, describe, expect, it } from 'vitest'
import { diskResultCache, type ResultsFolder } from '../index.ts'

let dir: string
let cache: ResultCache & ResultsFolder

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vethra-cache-'))
  cache = diskResultCache({ dir })
})

const key = { network: 'lan', containerId: 'c1', ifname: 'eth0' }
const file = () => join(dir, 'results/lan-c1-eth0')
const entry: CachedAttachment = {
  network: 'lan',
  attachment: {
    containerId: 'c1',
    netns: '/proc/7/ns/net',
    ifname: 'eth0',
    cniArgs: [['K', 'V']],
    capabilityArgs: { portMappings: [{ hostPort: 80 }] },
  },
  listText: '{"name":"lan"}',
  result: '{"cniVersion":"1.0.0","x":12345678901234567890}',
}

describe('the result cache', () => {
  it('writes the file that libcni writes', async () => {
    await cache.write(entry)
    expect(await readFile(file(), 'utf8')).toBe(
      '{"kind":"cniCacheV1","containerId":"c1","config":"eyJuYW1lIjoibGFuIn0=","ifName":"eth0","networkName":"lan","netns":"/proc/7/ns/net","cniArgs":[["K","V"]],"capabilityArgs":{"portMappings":[{"hostPort":80}]},"result":{"cniVersion":"1.0.0","x":12345678901234567890}}',
    )
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect((await stat(join(dir, 'results'))).mode & 0o777).toBe(0o700)
  })

  it.each(['{"name":"lan","é":"\\u0000 ¿ 漢 😀"}', '{"name":"lan","ÿ":1}', ''])(
    'keeps the list %s in base64 as libcni does',
    async (listText) => {
      await cache.write({ ...entry, listText })
      const { config } = JSON.parse(await readFile(file(), 'utf8'))
      expect(config).toBe(Buffer.from(listText).toString('base64'))
      expect((await cache.read(key))?.listText).toBe(listText)
    },
  )

  it.each([
    ['eyJuYW1lIjoibGFuIn0', '{"name":"lan"}'],
    ['eyJuYW1lIjoi\n7/w', '{"name":"\ufffd\ufffd'],
    ['eyJh-_*=', '{"a\ufffd'],
  ])('reads the list of a config %j as far as it goes', async (config, listText) => {
    await cache.write(entry)
    const text = await readFile(file(), 'utf8')
    await writeFile(file(), text.replace('"eyJuYW1lIjoibGFuIn0="', JSON.stringify(config)))
    expect((await cache.read(key))?.listText).toBe(listText)
  })

  it('reads back what it wrote, and forgets it', async () => {
    await cache.write({ ...entry, result: '{"cniVersion":"1.0.0"}' })
    expect(await cache.read(key)).toEqual({ ...entry, result: '{"cniVersion":"1.0.0"}' })
    expect(await cache.list()).toHaveLength(1)
    await cache.remove(key)
    await cache.remove(key)
    expect(await cache.read(key)).toBeUndefined()
    expect(await cache.list()).toEqual([])
  })

  it.each(['', '\n', '{}', 'null', '{"kind":"other"}', '{"kind":"cniCacheV1"}'])(
    'takes a file that holds %j for no entry',
    async (text) => {
      await cache.write(entry)
      await writeFile(file(), text)
      expect(await cache.read(key)).toBeUndefined()
      expect(await cache.list()).toEqual([])
    },
  )

  it('does not take the entry of another attachment whose file name is the same', async () => {
    await cache.write({
      ...entry,
      network: 'lan-c1',
      attachment: { ...entry.attachment, containerId: 'x' },
    })
    expect(
      await cache.read({ network: 'lan', containerId: 'c1-x', ifname: 'eth0' }),
    ).toBeUndefined()
  })

  it('refuses names whose file is that of another attachment', async () => {
    await cache.write({
      ...entry,
      network: 'lan-c1',
      attachment: { ...entry.attachment, containerId: 'x' },
    })
    await expect(
      cache.check({ network: 'lan', containerId: 'c1-x', ifname: 'eth0' }),
    ).rejects.toMatchObject({ code: 7, message: expect.stringContaining('network lan-c1') })
    await cache.check({ ...key, network: 'lan-c1', containerId: 'x' })
    await cache.remove({ network: 'lan', containerId: 'c1-x', ifname: 'eth0' })
    expect(await cache.list('x')).toHaveLength(1)
  })

  it('reads the bare result that older libcni wrote', async () => {
    await cache.write(entry)
    await writeFile(file(), '{"cniVersion":"0.4.0","ips":[]}')
    expect(await cache.read(key)).toMatchObject({
      network: 'lan',
      listText: '',
      result: '{"cniVersion":"0.4.0","ips":[]}',
    })
    expect(await cache.list()).toEqual([])
  })

  it('lists what is of one container', async () => {
    await cache.write(entry)
    await cache.write({ ...entry, attachment: { ...entry.attachment, containerId: 'x-c1-y' } })
    expect(await cache.list('c1')).toEqual([
      { ...entry, result: '{"cniVersion":"1.0.0","x":12345678901234567890}' },
    ])
  })

  it.each([
    [
      { ...key, network: '' },
      'cache file path requires network name (""), container ID ("c1"), and interface name ("eth0")',
    ],
    [{ ...key, containerId: 'c'.repeat(250) }, 'make no file name together'],
    [{ ...key, containerId: '../x' }, 'make no file name together'],
  ])('refuses names without a place before anything is written', async (bad, message) => {
    await expect(cache.check(bad)).rejects.toThrow(message)
  })
})

it('an entry in the place of another is damaged, and no attachment', async () => {
  await cache.write({ ...entry, result: '{"cniVersion":"1.0.0"}' })
  await rename(file(), join(dir, 'results/lan-c2-eth0'))
  const { entries, damaged } = await cache.survey()
  expect([entries, damaged]).toEqual([[], [join(dir, 'results/lan-c2-eth0')]])
  expect(await cache.list()).toEqual([])
})

it('a survey tells damaged files beside the attachments, but no results of older libcni', async () => {
  expect(await cache.survey()).toEqual({ entries: [], damaged: [] })
  await cache.write({ ...entry, result: '{"cniVersion":"1.0.0"}' })
  await writeFile(join(dir, 'results/lan-c2-eth0'), '{"kind":"cniCacheV1"}')
  await writeFile(join(dir, 'results/lan-c3-eth0'), 'x')
  await writeFile(join(dir, 'results/lan-c4-eth0'), '{"cniVersion":"0.3.1","ips":[]}')
  const { entries, damaged } = await cache.survey()
  expect(entries.map(({ attachment }) => attachment.containerId)).toEqual(['c1'])
  expect(damaged).toEqual(['lan-c2-eth0', 'lan-c3-eth0'].map((name) => join(dir, 'results', name)))
})
