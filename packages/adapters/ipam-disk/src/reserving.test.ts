import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
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
import { formatAddress } from '@vethra/address'
import { allocate } from '@vethra/engine'
import { rangeSets } from '@vethra/ipam'
import { beforeEach, describe, expect, it } from 'vitest'
import { diskIpamStore } from './index.ts'

const lock = { hold: <T>(_path: string, work: () => Promise<T>): Promise<T> => work() }
let dir: string
let dataDir: string
let lan: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vethra-ipam-'))
  dataDir = join(dir, 'networks')
  lan = join(dataDir, 'lan')
})

const store = () => diskIpamStore({ dataDir, lock, indexDir: join(dir, 'index') })
const add = async (containerId: string, subnet = '10.4.0.0/24') => {
  const sets = rangeSets({ subnet })
  const holder = { containerId, ifname: 'eth0' }
  const outcome = await allocate(store(), { network: 'lan', holder, sets, requested: [] })
  return outcome.kind === 'refused'
    ? outcome.message
    : formatAddress(outcome.ips[0]?.address ?? { family: 4, value: 0n })
}
function put(name: string, text: string, ageS: number): void {
  mkdirSync(lan, { recursive: true })
  writeFileSync(join(lan, name), text)
  const seconds = statSync(lan).mtimeMs / 1000 - ageS
  utimesSync(join(lan, name), seconds, seconds)
}

describe('reserve', () => {
  it('writes what host-local writes, with its modes', async () => {
    expect(await add('a')).toBe('10.4.0.2')
    expect(readdirSync(lan).sort()).toEqual(['10.4.0.2', 'last_reserved_ip.0', 'lock'])
    expect(readFileSync(join(lan, '10.4.0.2'), 'utf8')).toBe('a\r\neth0')
    expect(readFileSync(join(lan, 'last_reserved_ip.0'), 'utf8')).toBe('10.4.0.2')
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
    expect([lan, join(lan, 'lock'), join(lan, '10.4.0.2')].map(mode)).toEqual(['755', '750', '600'])
    expect(readdirSync(dataDir)).toEqual(['lan'])
  })

  it('takes an address for taken whose file is a pipe or a folder', async () => {
    mkdirSync(join(lan, '10.4.0.3'), { recursive: true })
    execFileSync('mkfifo', [join(lan, '10.4.0.2')])
    expect(await add('a')).toBe('10.4.0.4')
    expect(await add('b')).toBe('10.4.0.5')
  })

  it('trims the id, as host-local does', async () => {
    expect(await add('   dummy\n ')).toBe('10.4.0.2')
    expect(readFileSync(join(lan, '10.4.0.2'), 'utf8')).toBe('dummy\r\neth0')
  })

  it('takes the address of an empty file whose writer is certainly dead, and of no other', async () => {
    put('10.4.0.2', '', 5)
    put('10.4.0.3', ' ', 3600)
    mkdirSync(join(lan, '10.4.0.4'))
    symlinkSync('/nowhere', join(lan, '10.4.0.5'))
    put('10.4.0.6', '', 3600)
    expect(await add('a')).toBe('10.4.0.6')
    expect(readFileSync(join(lan, '10.4.0.6'), 'utf8')).toBe('a\r\neth0')
    expect(readFileSync(join(lan, '10.4.0.2'), 'utf8')).toBe('')
  })

  it('finds the one free or dead address among thousands', async () => {
    mkdirSync(lan, { recursive: true })
    for (let number = 2; number < 2047; number += 1) {
      writeFileSync(join(lan, `10.4.${number >> 8}.${number & 255}`), `c${number}\r\neth0`)
    }
    rmSync(join(lan, '10.4.7.9'))
    expect(await add('a', '10.4.0.0/21')).toBe('10.4.7.9')
    expect(await add('b', '10.4.0.0/21')).toMatch(/no IP addresses available/)
    put('10.4.5.5', '', 3600)
    expect(await add('b', '10.4.0.0/21')).toBe('10.4.5.5')
  })

  it('passes over a mark that is not an address, and follows no link in its place', async () => {
    const secret = join(dir, 'secret')
    writeFileSync(secret, '10.4.0.77')
    put('last_reserved_ip.0', '10.4.0.9\n', 0)
    expect(await add('a')).toBe('10.4.0.2')
    rmSync(join(lan, 'last_reserved_ip.0'))
    symlinkSync(secret, join(lan, 'last_reserved_ip.0'))
    expect(await add('b')).toBe('10.4.0.3')
    expect(readFileSync(secret, 'utf8')).toBe('10.4.0.77')
    expect(readFileSync(join(lan, 'last_reserved_ip.0'), 'utf8')).toBe('10.4.0.3')
  })

  it('fails by name where the folder was removed while its lock was taken', async () => {
    const removing: typeof lock = {
      hold: (_path, work) => {
        rmSync(lan, { recursive: true })
        return work()
      },
    }
    const holder = { containerId: 'a', ifname: 'eth0' }
    const held = diskIpamStore({ dataDir, lock: removing, indexDir: dir }).held('lan', holder)
    await expect(held).rejects.toMatchObject({ code: 5, message: expect.stringContaining(lan) })
  })

  it('removes what a killed writer left beside the folder, and never what it had made', async () => {
    await add('a')
    const { dev, ino } = statSync(lan)
    const draft = join(dataDir, `.vethra-${dev}-${ino}-1-1`)
    writeFileSync(draft, 'b\r\neth0')
    // Killed between link and unlink: the draft is the reservation itself.
    linkSync(draft, join(lan, '10.4.0.3'))
    const foreign = join(dataDir, `.vethra-${dev}-${ino}9-1-1`)
    writeFileSync(foreign, '')
    expect(await add('c')).toBe('10.4.0.4')
    expect(readFileSync(join(lan, '10.4.0.3'), 'utf8')).toBe('b\r\neth0')
    expect(existsSync(draft)).toBe(false)
    // Each next change: an ADD, a DEL, a repair, the end of the network.
    const list = await store().list('lan')
    for (const change of [
      () => store().release('lan', { containerId: 'a', ifname: 'eth0' }),
      () => store().drop('lan', list),
      () => store().removeNetwork('lan'),
    ]) {
      writeFileSync(draft, '')
      await change()
      expect(existsSync(draft)).toBe(false)
    }
    expect(existsSync(foreign)).toBe(true)
  })
})

describe('what is in the way', () => {
  it.each(['x'.repeat(10_000), 'a/b', '..', 'a\r\nb', 'a\nb', ''])(
    'no method takes the container id %.20j, and nothing is reserved',
    async (containerId) => {
      const holder = { containerId, ifname: 'eth0' }
      await expect(add(containerId)).rejects.toMatchObject({ name: 'CniError' })
      await expect(store().release('lan', holder)).rejects.toMatchObject({ name: 'CniError' })
      expect(await store().taken('lan')).toEqual([])
    },
  )

  it('refuses a dataDir or folder that is a link or a file, and a lock that is a link', async () => {
    const elsewhere = join(dir, 'elsewhere')
    mkdirSync(elsewhere)
    symlinkSync(elsewhere, dataDir)
    await expect(add('a')).rejects.toMatchObject({ code: 107 })
    await expect(store().list('lan')).rejects.toMatchObject({ code: 107 })
    rmSync(dataDir)
    writeFileSync(dataDir, '')
    await expect(add('a')).rejects.toMatchObject({ code: 107 })
    rmSync(dataDir)
    mkdirSync(dataDir)
    symlinkSync(elsewhere, lan)
    await expect(add('a')).rejects.toMatchObject({ code: 107 })
    rmSync(lan)
    mkdirSync(lan)
    symlinkSync(join(elsewhere, 'lock'), join(lan, 'lock'))
    await expect(add('a')).rejects.toMatchObject({ code: 107 })
    expect(readdirSync(elsewhere)).toEqual([])
  })
})

describe('drop', () => {
  it('frees an empty file only when its writer is certainly dead', async () => {
    put('10.4.0.2', '', 3600)
    put('10.4.0.3', '', 5)
    const listed = await store().list('lan')
    const dropped = await store().drop('lan', listed)
    expect(dropped.map(({ address }) => address)).toEqual(['10.4.0.2'])
    const outside = { address: '../secret', containerId: 'a', sinceMs: 0 }
    expect(await store().drop('lan', [outside])).toEqual([])
  })

  it('removes a link or an empty folder in place of a reservation, and nothing that it leads to or holds', async () => {
    put('10.4.0.9', 'a', 0)
    const folder = join(dataDir, 'lan')
    symlinkSync(join(folder, '10.4.0.9'), join(folder, '10.4.0.2'))
    mkdirSync(join(folder, '10.4.0.3'))
    mkdirSync(join(folder, '10.4.0.4/kept'), { recursive: true })
    const nobodys = (address: string) => ({ address, containerId: '', sinceMs: 0 })
    const both = [nobodys('10.4.0.2'), nobodys('10.4.0.3')]
    expect(await store().drop('lan', both)).toEqual(both)
    await expect(store().drop('lan', [nobodys('10.4.0.4')])).rejects.toMatchObject({ code: 5 })
    const left = readdirSync(folder).filter((name) => name.startsWith('10.'))
    expect(left.toSorted()).toEqual(['10.4.0.4', '10.4.0.9'])
  })
})
