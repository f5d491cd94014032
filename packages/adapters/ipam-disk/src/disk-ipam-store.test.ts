import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { diskIpamStore } from './index.ts'

let dataDir: string
let lan: string
const lock = { hold: <T>(_path: string, work: () => Promise<T>): Promise<T> => work() }
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vethra-ipam-'))
  lan = join(dataDir, 'lan')
})

function fill(files: Readonly<Record<string, string>>): void {
  mkdirSync(lan)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(lan, name), content)
}
const markers = { lock: '', 'last_reserved_ip.0': '10.4.0.9', 'last_reserved_ip.1': 'fd00::2' }
const hostile = ['', '.', '..', '../lan', 'a/b', '/etc', 'lan\n', 'lan\0', 'é']

describe('list', () => {
  it('gives who holds what since when, by address', async () => {
    fill({
      ...markers,
      '10.4.0.10': 'b\r\neth0',
      '10.4.0.9': ' \ta\r\neth1\n\n',
      'fd00::2': 'b\r\neth0',
    })
    utimesSync(join(lan, '10.4.0.9'), 1, 1_700_000_000)
    const listed = await diskIpamStore({ dataDir, lock }).list('lan')
    expect(listed[0]).toEqual({
      address: '10.4.0.9',
      containerId: 'a',
      ifname: 'eth1',
      sinceMs: 1_700_000_000_000,
    })
    expect(listed.map(({ address, containerId }) => [address, containerId])).toEqual([
      ['10.4.0.9', 'a'],
      ['10.4.0.10', 'b'],
      ['fd00::2', 'b'],
    ])
  })

  it('shows what other versions and crashes left', async () => {
    fill({ '10.4.0.2': 'old', '10.4.0.3': '', '10.4.0.4': 'id\neth0' })
    expect(await diskIpamStore({ dataDir, lock }).list('lan')).toMatchObject([
      { address: '10.4.0.2', containerId: 'old' },
      { address: '10.4.0.3', containerId: '' },
      { address: '10.4.0.4', containerId: 'id\neth0' },
    ])
  })

  it('passes over what is no reservation, and follows no link', async () => {
    const secret = join(dataDir, 'secret')
    writeFileSync(secret, 'secret')
    fill({ notes: 'x', '10.4.0.02': 'x', '2001:DB8::1': 'x', '10.4.0.2.tmp': 'x', '10.4.0.8': 'a' })
    symlinkSync(secret, join(lan, '10.4.0.5'))
    mkdirSync(join(lan, '10.4.0.6'))
    execFileSync('mkfifo', [join(lan, '10.4.0.7')])
    const listed = await diskIpamStore({ dataDir, lock }).list('lan')
    expect(listed.map(({ address }) => address)).toEqual(['10.4.0.8'])
  })

  it('reads only the beginning of a huge file', async () => {
    fill({ '10.4.0.2': 'x'.repeat(1_000_000) })
    const [only] = await diskIpamStore({ dataDir, lock }).list('lan')
    expect(only?.containerId).toHaveLength(4096)
  })

  it('reads more reservations than files can be open', async () => {
    const names = Array.from({ length: 3000 }, (_, index) => `10.${index >> 8}.${index & 255}.7`)
    fill(Object.fromEntries(names.map((name) => [name, `${name}\r\neth0`])))
    const listed = await diskIpamStore({ dataDir, lock }).list('lan')
    expect(listed.map(({ containerId }) => containerId)).toEqual(names)
  })

  it('is empty for a network that is not there, and where there is no data folder', async () => {
    expect(await diskIpamStore({ dataDir, lock }).list('lan')).toEqual([])
    expect(await diskIpamStore({ dataDir: join(dataDir, 'none'), lock }).list('lan')).toEqual([])
  })

  it.each(hostile)('refuses the name %j', async (name) => {
    await expect(diskIpamStore({ dataDir, lock }).list(name)).rejects.toMatchObject({ code: 7 })
  })
})

describe('removeNetwork', () => {
  it('removes what host-local left of a network, and nothing beside it', async () => {
    fill(markers)
    mkdirSync(join(dataDir, 'other'))
    await diskIpamStore({ dataDir, lock }).removeNetwork('lan')
    expect(readdirSync(dataDir)).toEqual(['other'])
  })

  it('removes a folder that somebody made in the place of its index', async () => {
    fill(markers)
    const { dev, ino } = statSync(lan)
    const indexDir = join(dataDir, '.indexes')
    mkdirSync(join(indexDir, `${dev}-${ino}`, 'odd'), { recursive: true })
    await diskIpamStore({ dataDir, lock, indexDir }).removeNetwork('lan')
    expect(readdirSync(indexDir)).toEqual([])
  })

  it('refuses while addresses are reserved, and says by whom', async () => {
    fill({ ...markers, '10.4.0.2': 'a\r\neth0', '10.4.0.3': '' })
    await expect(diskIpamStore({ dataDir, lock }).removeNetwork('lan')).rejects.toMatchObject({
      code: 102,
      message: 'cannot remove the reservations of network lan: addresses are reserved',
      details: '10.4.0.2 by a, 10.4.0.3',
    })
    expect(readdirSync(lan)).toHaveLength(5)
  })

  it('does nothing where there is nothing', async () => {
    await diskIpamStore({ dataDir, lock }).removeNetwork('lan')
    expect(readdirSync(dataDir)).toEqual([])
  })

  it.each(['notes', 'last_reserved_ip.x'])('touches nothing when %s is there', async (name) => {
    fill({ ...markers, [name]: 'x' })
    await expect(diskIpamStore({ dataDir, lock }).removeNetwork('lan')).rejects.toMatchObject({
      code: 102,
      details: `"${name}"`,
    })
    expect(readdirSync(lan)).toHaveLength(4)
  })

  it('touches nothing when a folder is named like an address', async () => {
    fill(markers)
    mkdirSync(join(lan, '10.4.0.2'))
    await expect(diskIpamStore({ dataDir, lock }).removeNetwork('lan')).rejects.toMatchObject({
      code: 102,
    })
    expect(readdirSync(lan)).toHaveLength(4)
  })

  it('follows no link: neither the folder nor a file in it', async () => {
    const elsewhere = join(dataDir, 'elsewhere')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'lock'), 'x')
    symlinkSync(elsewhere, lan)
    const store = diskIpamStore({ dataDir, lock })
    await expect(store.removeNetwork('lan')).rejects.toMatchObject({ code: 107 })
    rmSync(lan)
    fill({})
    symlinkSync(join(elsewhere, 'lock'), join(lan, 'lock'))
    await store.removeNetwork('lan')
    expect(readFileSync(join(elsewhere, 'lock'), 'utf8')).toBe('x')
    expect(existsSync(lan)).toBe(false)
  })

  it('refuses a file in the place of the folder', async () => {
    writeFileSync(lan, 'x')
    await expect(diskIpamStore({ dataDir, lock }).removeNetwork('lan')).rejects.toMatchObject({
      code: 107,
    })
  })

  it.each(hostile)('refuses the name %j', async (name) => {
    writeFileSync(join(dataDir, 'lock'), '')
    const store = diskIpamStore({ dataDir, lock })
    await expect(store.removeNetwork(name)).rejects.toMatchObject({
      code: 7,
    })
    expect(readdirSync(dataDir)).toEqual(['lock'])
  })
})
