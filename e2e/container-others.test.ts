import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

describeOnHost('a container and the interfaces of others', () => {
  let host: Host
  let id: string
  let bundle: string

  beforeEach(async () => {
    host = await openHost()
    id = `web-${host.tag}`
    bundle = await host.bundle(id, ['sleep', '600'])
    for (const name of ['front', 'back']) await host.vethra('network', 'create', name)
    await host.vethra(
      ...['bundle', 'prepare', bundle, '--id', id, '-p', '8094:80'],
      ...['--network', 'front', '--network', 'back'],
    )
  })
  afterEach(() => host.close())

  const ip = (...args: readonly string[]) => host.run(['ip', ...args])
  const joinBlue = async () => {
    const file = `${bundle}/config.json`
    const config = JSON.parse(await readFile(file, 'utf8'))
    const own = config.linux.namespaces.find(({ type }: { type: string }) => type === 'network')
    own.path = '/run/netns/blue'
    await writeFile(file, JSON.stringify(config))
  }
  const state = async () => {
    const { links, rules, processes, files } = await host.snapshot()
    return { links, rules, processes, files: files.filter((file) => !/\.log(\.\d)?$/.test(file)) }
  }

  it.each(['eth0', 'eth1'])(
    'whose namespace has a foreign %s is refused before anything runs',
    async (ifname) => {
      await ip('netns', 'add', 'blue')
      await joinBlue()
      await ip('-n', 'blue', 'link', 'add', ifname, 'type', 'bridge')
      const links = async () =>
        JSON.parse((await ip('-n', 'blue', '-j', 'link')).stdout).map(
          (each: { ifname: string; address: string }) => [each.ifname, each.address],
        )
      const before = [await links(), (await state()).rules, (await state()).links]
      const ran = await host.start(bundle, id)
      expect(ran.exitCode).not.toBe(0)
      expect(ran.stderr).toMatch(new RegExp(`${ifname}.*\\(code 102\\)`))
      const after = await state()
      expect([await links(), after.rules, after.links]).toEqual(before)
      expect(after.processes).toEqual([])
      expect(
        after.files.filter((file) => /attachments|results|networks\/.*\d$/.test(file)),
      ).toEqual([])
      await ip('netns', 'del', 'blue')
    },
  )

  it('that runs keeps all that it has when its hook is called once more', async () => {
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0 })
    const config = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
    const { pid } = JSON.parse((await host.runc('state', id)).stdout)
    const hosts = async () => (await host.runc('exec', id, 'cat', '/etc/hosts')).stdout
    const inspected = async () => (await host.vethra('container', 'inspect', id)).stdout
    const before = [await state(), await hosts(), await inspected()]
    const [{ args }] = config.hooks.createRuntime
    const input = JSON.stringify({
      ...{ ociVersion: '1.0.2', id, status: 'creating', pid, bundle },
      annotations: config.annotations,
    })
    const again = await host.run([executable, ...args.slice(1)], { input })
    expect(again.exitCode).toBe(1)
    expect(again.stderr).toMatch(/eth0.*\(code 102\)/)
    expect([await state(), await hosts(), await inspected()]).toEqual(before)
    await host.stop(id)
  })

  it('that made itself an interface is connected to no network by that name', async () => {
    await host.vethra('network', 'create', 'third')
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0 })
    const { pid } = JSON.parse((await host.runc('state', id)).stdout)
    await host.run([
      'nsenter',
      '-t',
      String(pid),
      '-n',
      'ip',
      'link',
      'add',
      'eth2',
      'type',
      'bridge',
    ])
    const before = await state()
    const ran = await host.vethra('network', 'connect', 'third', id)
    expect(ran.exitCode).toBe(1)
    expect(ran.stderr).toMatch(/eth2.*\(code 102\)/)
    expect(await state()).toEqual(before)
    expect((await host.runc('exec', id, 'ip', 'link')).stdout).toContain('eth2')
    await host.stop(id)
  })
})
