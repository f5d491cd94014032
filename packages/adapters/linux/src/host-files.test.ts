import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { hostName, readHostResolvConf, readHostsFile, resolveAddress } from './index.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'host-')))
})

describe('readHostResolvConf', () => {
  const usesStub = (text: string) => text === 'nameserver 127.0.0.53\n'
  const at = () => ({
    resolvConf: join(folder, 'resolv.conf'),
    behindStub: join(folder, 'behind'),
  })

  it.each([
    ['nameserver 10.0.0.1\n', 'behind', 'nameserver 10.0.0.1\n'],
    ['nameserver 127.0.0.53\n', 'nameserver 9.9.9.9\n', 'nameserver 9.9.9.9\n'],
    ['nameserver 127.0.0.53\n', undefined, ''],
    [undefined, 'behind', ''],
  ])('%j with %j behind the stub is %j', async (text, behind, expected) => {
    if (text !== undefined) writeFileSync(at().resolvConf, text)
    if (behind !== undefined) writeFileSync(at().behindStub, behind)
    expect(await readHostResolvConf(usesStub, at())).toBe(expected)
  })

  it('fails on what cannot be read, and does not take it for nothing', async () => {
    mkdirSync(at().resolvConf)
    await expect(readHostResolvConf(usesStub, at())).rejects.toMatchObject({ code: 5 })
  })
})

it('readHostsFile gives an empty text when there is none', async () => {
  const hosts = join(folder, 'hosts')
  expect(await readHostsFile({ hosts })).toBe('')
  writeFileSync(hosts, '127.0.0.1 localhost\n')
  expect(await readHostsFile({ hosts })).toBe('127.0.0.1 localhost\n')
})

it("hostName is the system's", () => {
  expect(hostName()).toBe(hostname())
})

describe('resolveAddress', () => {
  it.each([
    ['an existing socket', 'run/c.sock', 'real/c.sock'],
    ['a missing socket behind a link', 'run/missing.sock', 'real/missing.sock'],
    ['missing folders behind a link', 'run/a/b/c.sock', 'real/a/b/c.sock'],
    ['a dangling link, as text', 'dangling', 'dangling'],
    ['what lies below a file, as text', 'real/c.sock/x', 'real/c.sock/x'],
  ])('resolves %s', (_, given, expected) => {
    mkdirSync(join(folder, 'real'))
    writeFileSync(join(folder, 'real', 'c.sock'), '')
    symlinkSync('real', join(folder, 'run'))
    symlinkSync('nowhere', join(folder, 'dangling'))
    expect(resolveAddress(join(folder, given))).toBe(join(folder, expected))
    expect(resolveAddress(`unix://${join(folder, given)}`)).toBe(join(folder, expected))
  })

  it.each(['', 'relative/c.sock', 'tcp://127.0.0.1:1'])('leaves %j alone', (address) => {
    expect(resolveAddress(address)).toBe(address)
  })

  it('ends at the root', () => {
    expect(resolveAddress('/does-not-exist/at-all')).toBe('/does-not-exist/at-all')
  })
})
