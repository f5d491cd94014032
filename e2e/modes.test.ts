import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'

describeOnHost('a container in each mode', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
  })

  afterEach(async () => {
    await host.close()
  })

  async function started(name: string, ...flags: readonly string[]): Promise<string> {
    const id = `${name}-${host.tag}`
    const bundle = await host.bundle(id, ['sleep', '600'])
    const prepare = ['bundle', 'prepare', bundle, '--id', id, ...flags]
    expect(await host.vethra(...prepare)).toMatchObject({ exitCode: 0, stderr: '' })
    const once = await readFile(`${bundle}/config.json`, 'utf8')
    expect(await host.vethra(...prepare)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await readFile(`${bundle}/config.json`, 'utf8')).toBe(once)
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    return id
  }

  const inside = async (id: string, ...args: readonly string[]) =>
    (await host.runc('exec', id, ...args)).stdout
  const links = async (id: string) =>
    [...(await inside(id, 'ip', '-o', 'link')).matchAll(/^\d+: ([^@:]+)/gm)].map(([, name]) => name)
  const namespace = async (id: string) =>
    (await inside(id, 'ls', '-l', '/proc/self/ns/net')).split('-> ')[1]

  it('none, host, ns:, container: has the links of its mode, comes and goes, and leaves nothing', async () => {
    const before = await host.snapshot()
    const own = (await host.run(['ls', '-l', '/proc/self/ns/net'])).stdout.split('-> ')[1]
    const none = await started('none', '--network', 'none')
    expect(await links(none)).toEqual(['lo'])

    const open = await started('open', '--network', 'host', '--uts', 'host')
    expect(await namespace(open)).toBe(own)
    expect(await inside(open, 'hostname')).toBe((await host.run(['hostname'])).stdout)

    await host.run(['ip', 'netns', 'add', 'blue'])
    const joining = await started(
      'joining',
      '--network',
      'ns:/run/netns/blue',
      '--add-host',
      'db:192.0.2.7',
    )
    expect(await namespace(joining)).not.toBe(own)
    expect(await inside(joining, 'cat', '/etc/hosts')).toMatch(/^192\.0\.2\.7 +db/m)

    const web = await started('web', '--hostname', 'shop')
    const beside = await started('beside', '--network', `container:${web}`)
    expect(await namespace(beside)).toBe(await namespace(web))
    expect(await links(beside)).toEqual(['lo', 'eth0'])
    expect(await inside(beside, 'hostname')).toBe('shop')
    expect(await inside(beside, 'cat', '/etc/hosts')).toBe(await inside(web, 'cat', '/etc/hosts'))

    // The one that was joined has ended, or starts anew, and its namespace is another: who is behind the path is not known.
    expect((await host.stop(beside)).exitCode).toBe(0)
    expect((await host.stop(web)).exitCode).toBe(0)
    const { pid } = JSON.parse((await host.runc('state', none)).stdout)
    const file = `${host.folder}/${beside}/config.json`
    const text = await readFile(file, 'utf8')
    const places = /\/proc\/\d+\/ns\/net/g
    await writeFile(file, text.replace(places, `/proc/${pid}/ns/net`))
    const refused = async () => {
      const ran = await host.start(`${host.folder}/${beside}`, beside)
      expect(ran.exitCode).not.toBe(0)
      expect(ran.stderr).toMatch(new RegExp(`${beside}.*${web}.*(CNI code 8)`))
    }
    await refused()
    expect(await host.start(`${host.folder}/${web}`, web)).toMatchObject({ exitCode: 0 })
    await refused()

    const all = [none, open, joining, beside, web]
    for (const id of all) await host.stop(id)
    expect(await host.vethra('bundle', 'rm', ...all)).toMatchObject({ exitCode: 0, stderr: '' })
    await host.run(['ip', 'netns', 'del', 'blue'])
    expect((await host.vethra('network', 'rm', 'bridge')).exitCode).toBe(0)
    expect(await host.snapshot()).toEqual(before)
  })

  it('of networks has the addresses that it asked for in each, and loopback', async () => {
    await host.vethra(
      'network',
      'create',
      'lan',
      '--ipv6',
      '--subnet',
      '10.8.1.0/24',
      '--subnet',
      'fd08::/64',
    )
    await host.vethra('network', 'create', 'back', '--subnet', '10.8.2.0/24')
    const id = await started(
      'web',
      '--network',
      'lan:ip=10.8.1.77,ip6=fd08::77,mac=02:42:0a:08:01:4d',
      '--network',
      'back:ip=10.8.2.88,mac=02:42:0a:08:02:58',
    )
    const shown = await inside(id, 'ip', 'addr')
    expect(shown).toMatch(/eth0.*02:42:0a:08:01:4d.*10\.8\.1\.77\/24.*fd08::77\/64.*eth1/s)
    expect(shown).toMatch(/eth1.*02:42:0a:08:02:58.*10\.8\.2\.88\/24/s)
    expect(shown).toMatch(/lo: <LOOPBACK,UP/)
    await host.stop(id)
    const { files } = await host.snapshot()
    expect(files.filter((file) => /networks\/(lan|back)\/(\d|fd)/.test(file))).toEqual([])
  })
})
