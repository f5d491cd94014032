import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import type { Ran } from './host.ts'
import { openUserHost, type RootlessKitRun, type UserHost } from './rootless-host.ts'

describeOnHost('as an ordinary user, under RootlessKit', () => {
  let host: UserHost
  let kit: RootlessKitRun

  beforeAll(async () => {
    host = await openUserHost()
    await host.run(['sh', '-ec', allowUser])
    kit = await host.startRootlessKit()
    await done(kit.vethra('network', 'create', 'lan'))
  })

  afterAll(async () => {
    await kit?.close()
    await host?.close()
  })

  // What "rootless check" prints, for a user called u.
  const allowUser = `
    echo 'u:100000:65536' >>/etc/subuid
    echo 'u:100000:65536' >>/etc/subgid
    mknod /run/tun c 10 200; chmod 666 /run/tun; mount --bind /run/tun /dev/net/tun`

  const web = async (name: string, ...flags: readonly string[]) => {
    const id = `${name}-${host.tag}`
    const bundle = await host.bundle(id, ['httpd', '-f', '-p', '80', '-h', '/www'])
    await writeFile(`${bundle}/rootfs/www/index.html`, name)
    const asked = ['--id', id, '--name', name, '--network', 'lan', ...flags]
    await done(kit.vethra('bundle', 'prepare', bundle, ...asked))
    return { id, bundle, start: () => kit.start(bundle, id), stop: () => kit.stop(id) }
  }
  // From where the user is at home, outside of RootlessKit.
  const get = async (place: string) =>
    (await host.run(['busybox', 'timeout', '3', 'busybox', 'wget', '-q', '-O', '-', place])).stdout

  it('a published port answers outside of RootlessKit for as long as its container runs', async () => {
    const shop = await web('shop', '-p', '8080:80', '-p', '127.0.0.1:8081:80')
    await done(shop.start())
    expect(await get('http://127.0.0.1:8080/')).toBe('shop')
    expect(await get('http://127.0.0.1:8081/')).toBe('shop')
    expect((await kit.ports()).map(({ spec }) => spec)).toEqual([
      { proto: 'tcp', parentIP: '0.0.0.0', parentPort: 8080, childPort: 8080 },
      { proto: 'tcp', parentIP: '127.0.0.1', parentPort: 8081, childPort: 8081 },
    ])
    await done(shop.stop())
    expect(await kit.ports()).toEqual([])
  })
})

async function done(ran: Promise<Ran>): Promise<Ran> {
  const outcome = await ran
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
  return outcome
}
