import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, it } from 'vitest'
import { hostFeatures } from './kernel-features.ts'

let root = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vethra-features-'))
})

const put = async (path: string, content: string | Buffer) => {
  await mkdir(join(root, path, '..'), { recursive: true })
  await writeFile(join(root, path), content)
}
const states = async () =>
  Object.fromEntries((await hostFeatures(root)).map(({ name, state }) => [name, state]))

it('a host that tells nothing has nothing but unknown features', async () => {
  expect(new Set(Object.values(await states()))).toEqual(new Set(['unknown']))
})

it("Debian's files: its options in /boot, modules by their names, AppArmor by its parameter", async () => {
  await put(`boot/config-${release()}`, 'CONFIG_VLAN_8021Q=m\nCONFIG_DUMMY=m\nCONFIG_TUN=y\n')
  await put(`lib/modules/${release()}/modules.dep`, 'kernel/net/8021q/8021q.ko:\n')
  await put(`lib/modules/${release()}/modules.builtin`, 'kernel/drivers/net/veth.ko\n')
  await put('sys/module/dummy/refcnt', '0')
  await put('sys/module/apparmor/parameters/enabled', 'Y\n')
  expect(await states()).toMatchObject({
    VLAN: 'loadable',
    dummy: 'loaded',
    TUN: 'built-in',
    veth: 'built-in',
    VRF: 'missing',
    AppArmor: 'built-in',
  })
})

it('options in /proc/config.gz come first, and one that is no gzip tells nothing', async () => {
  await put(`boot/config-${release()}`, 'CONFIG_TUN=y\n')
  await put('proc/config.gz', gzipSync('# CONFIG_TUN is not set\n'))
  expect((await states())['TUN']).toBe('missing')
  await put('proc/config.gz', 'no gzip')
  expect((await states())['TUN']).toBe('built-in')
})

it('a module that modprobe.d keeps from being loaded is blocked, and one that is there is not', async () => {
  await put(
    `lib/modules/${release()}/modules.dep`,
    'kernel/net/8021q/8021q.ko:\nkernel/net/vrf.ko:\n',
  )
  await put('sys/module/dummy/refcnt', '0')
  await put('etc/modprobe.d/own.conf', 'install 8021q /bin/false\nblacklist dummy\n')
  await put('lib/modprobe.d/own.conf', 'blacklist vrf\n')
  await put('etc/modprobe.d/own.conf.off', 'blacklist vrf\n')
  await mkdir(join(root, 'run/modprobe.d/folder.conf'), { recursive: true })
  expect(await states()).toMatchObject({ VLAN: 'blocked', dummy: 'loaded', VRF: 'loadable' })
  const vlan = (await hostFeatures(root)).find(({ name }) => name === 'VLAN')
  expect(vlan?.blockedBy).toContain('own.conf')
})

it('looking at this host loads no module and makes no interface', async () => {
  const look = async () => [await readdir('/sys/module'), await readdir('/sys/class/net')]
  const before = await look()
  expect((await hostFeatures()).length).toBeGreaterThan(10)
  expect(await look()).toEqual(before)
})
