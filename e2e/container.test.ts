import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'
import { prepareServer } from './prepare-server.ts'

describeOnHost('a runc container', () => {
  let host: Host
  let web: string
  let client: string

  beforeEach(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    client = `client-${host.tag}`
  })

  afterEach(async () => {
    await host.close()
  })

  const prepared = (id: string, ...flags: readonly string[]) => prepareServer(host, id, flags)

  async function started(id: string, bundle: string): Promise<void> {
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
  }

  const inside = async (id: string, ...args: readonly string[]) =>
    (await host.runc('exec', id, ...args)).stdout

  it('gets address, names and port from its hook, is found by its peer, and leaves nothing', async () => {
    const before = await host.snapshot()
    expect((await host.vethra('network', 'create', 'lan')).exitCode).toBe(0)
    await started(
      web,
      await prepared(
        web,
        '--name',
        'shop',
        '--network',
        'lan',
        '-p',
        '8080:80',
        '--hostname',
        'shop-host',
      ),
    )
    await started(client, await prepared(client, '--network', 'lan'))

    expect(await inside(client, 'ping', '-c', '1', '-W', '2', 'shop')).toMatch(/1 packets received/)
    expect(await inside(client, 'ping', '-c', '1', '-W', '2', 'shop-host.lan')).toMatch(
      /1 packets received/,
    )
    expect(await inside(web, 'ping', '-c', '1', '-W', '2', client.slice(0, 12))).toMatch(
      /1 packets received/,
    )
    expect(await inside(client, 'wget', '-q', '-O', '-', 'http://shop/')).toBe(`page of ${web}`)
    expect(await inside(web, 'hostname')).toBe('shop-host')
    expect(await inside(web, 'cat', '/etc/hostname')).toBe('shop-host')
    expect(await inside(web, 'cat', '/etc/resolv.conf')).toMatch(/^nameserver /m)
    const page = await host.run(['busybox', 'wget', '-q', '-O', '-', 'http://127.0.0.1:8080/'])
    expect(page.stdout).toBe(`page of ${web}`)
    const [network] = JSON.parse((await host.vethra('network', 'inspect', 'lan')).stdout)
    expect(network.Containers[web]).toMatchObject({ Name: 'shop', IPv4Address: '10.4.1.2/24' })

    expect(await host.vethra('network', 'rm', 'lan')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('(code 102)'),
    })
    expect((await host.stop(web)).exitCode).toBe(0)
    expect(await inside(client, 'cat', '/etc/hosts')).not.toMatch(/shop/)
    expect((await host.stop(client)).exitCode).toBe(0)
    expect(await host.vethra('bundle', 'rm', web, client)).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    expect(await host.vethra('network', 'rm', 'lan')).toMatchObject({ exitCode: 0, stdout: 'lan' })
    expect(await host.snapshot()).toEqual(before)
  })

  it('gets the default network on first use', async () => {
    await started(web, await prepared(web))
    expect(await inside(web, 'ip', '-o', '-4', 'addr', 'show', 'eth0')).toMatch(/10\.4\.0\.2\/24/)
    const [bridge] = JSON.parse((await host.vethra('network', 'ls', '--format', 'json')).stdout)
    expect(bridge).toMatchObject({ Name: 'bridge', Managed: true })
  })

  it('starts again after it has been killed with its hook never called', async () => {
    const bundle = await prepared(web, '--ip', '10.4.0.9', '-p', '8080:80')
    await started(web, bundle)
    // A reboot: the process, its namespace and runc's state are gone, and nobody called postStop.
    const { pid } = JSON.parse((await host.runc('state', web)).stdout)
    await host.run(['kill', '-9', String(pid)])
    await host.run(['rm', '-rf', `${host.folder}/runc`])
    const state = async () => (await host.run(['cat', `/proc/${pid}/stat`])).stdout.split(') ')[1]
    await expect.poll(async () => (await state())?.[0] ?? 'gone').toMatch(/^(Z|gone)$/)
    await host.run([
      'sh',
      '-c',
      `for d in /sys/fs/cgroup/*/${web} /sys/fs/cgroup/unified/${web}; do rmdir $d 2>/dev/null; done; true`,
    ])
    await started(web, bundle)
    expect(await inside(web, 'ip', '-o', '-4', 'addr', 'show', 'eth0')).toMatch(/10\.4\.0\.9\/24/)
  })

  it('that is attached and alive is not forgotten, and one whose process was killed is, whole', async () => {
    const before = await host.snapshot()
    const bundle = await prepared(web, '-p', '8080:80')
    await started(web, bundle)
    expect(await host.vethra('bundle', 'rm', web)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('(code 102)'),
    })
    const { pid } = JSON.parse((await host.runc('state', web)).stdout)
    await host.run(['kill', '-9', String(pid)])
    const state = async () => (await host.run(['cat', `/proc/${pid}/stat`])).stdout.split(') ')[1]
    await expect.poll(async () => (await state())?.[0] ?? 'gone').toMatch(/^(Z|gone)$/)
    const [row] = JSON.parse((await host.vethra('container', 'ls', '--format', 'json')).stdout)
    expect(row.State).toBe('dead')
    expect(await host.vethra('bundle', 'rm', web)).toMatchObject({ exitCode: 0, stdout: web })
    expect((await host.vethra('network', 'rm', 'bridge')).exitCode).toBe(0)
    expect(await host.snapshot()).toEqual(before)
  })

  it('leaves nothing that other users of the host can read or write, but files that are mounted', async () => {
    await started(web, await prepared(web, '-p', '8080:80'))
    const places = ['/var/lib/vethra', '/var/lib/cni/results', '/run/vethra']
    const modes = await host.run(['find', ...places, '-printf', '%m %u:%g %y %f\\n'])
    const odd = modes.stdout
      .split('\n')
      .filter((each) => !/^(700 root:root d|600 root:root f) /.test(each))
      .map((each) =>
        each
          .split(' ')
          .filter((_, index) => index !== 1 && index !== 2)
          .join(' '),
      )
    expect(odd.toSorted()).toEqual(['644 hostname', '644 hosts', '644 resolv.conf'])
  })

  it('in two networks has two interfaces, and peers in both', async () => {
    await host.vethra('network', 'create', 'lan')
    await host.vethra('network', 'create', 'back')
    await started(web, await prepared(web, '--network', 'lan', '--network', 'back:alias=db'))
    await started(client, await prepared(client, '--network', 'back'))
    expect(await inside(web, 'ip', '-o', '-4', 'addr')).toMatch(
      /eth0.*10\.4\.1\.2.*\n.*eth1.*10\.4\.2\.2/,
    )
    expect(await inside(client, 'ping', '-c', '1', '-W', '2', 'db')).toMatch(/1 packets received/)
  })
})

describeOnHost('a bundle', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
  })

  afterEach(async () => {
    await host.close()
  })

  it('keeps its own hooks, mounts, annotations and large integers, and a second run changes nothing', async () => {
    const id = `web-${host.tag}`
    const bundle = await host.bundle(id, ['sleep', '600'])
    const file = `${bundle}/config.json`
    const config = JSON.parse(await readFile(file, 'utf8'))
    config.hooks = { poststop: [{ path: '/bin/true' }], prestart: [{ path: '/bin/true' }] }
    config.annotations = { 'org.example/mine': 'yes' }
    config.mounts.push({ destination: '/tmp/mine', type: 'tmpfs', source: 'tmpfs' })
    const text = JSON.stringify(config, null, 2).replace(
      '"hard": 1024',
      '"hard": 18446744073709551615',
    )
    await writeFile(file, text)
    expect((await host.vethra('bundle', 'prepare', bundle, '--id', id, '-p', '80')).exitCode).toBe(
      0,
    )
    const once = await readFile(file, 'utf8')
    expect(once).toContain('18446744073709551615')
    const after = JSON.parse(once)
    expect(after.annotations['org.example/mine']).toBe('yes')
    expect(after.hooks.prestart).toEqual([{ path: '/bin/true' }])
    expect(after.hooks.poststop[1]).toEqual({ path: '/bin/true' })
    expect(after.hooks.poststop).toHaveLength(2)
    expect(after.mounts).toEqual(expect.arrayContaining(config.mounts))
    expect((await host.vethra('bundle', 'prepare', bundle, '--id', id, '-p', '80')).exitCode).toBe(
      0,
    )
    expect(await readFile(file, 'utf8')).toBe(once)
  })

  it('is accepted by crun, whose container is attached too', async () => {
    const id = `crun-${host.tag}`
    const bundle = await host.bundle(id, ['ip', '-o', '-4', 'addr', 'show', 'eth0'])
    expect((await host.vethra('bundle', 'prepare', bundle, '--id', id)).exitCode).toBe(0)
    // crun refuses a host that has both versions of cgroups mounted.
    const lonely = 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"'
    const crun = ['crun', '--root', `${host.folder}/crun`, '--cgroup-manager=disabled']
    const argv = ['unshare', '-m', 'sh', '-c', lonely, 'sh', ...crun, 'run', '-b', bundle, id]
    const ran = await host.run(argv)
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/10\.4\.0\.2\/24/) })
  })

  it('prints its plan with --dry-run, and changes nothing', async () => {
    const id = `dry-${host.tag}`
    const bundle = await host.bundle(id, ['sleep', '600'])
    const before = [await readFile(`${bundle}/config.json`, 'utf8'), await host.snapshot()]
    const ran = await host.vethra(
      'bundle',
      'prepare',
      bundle,
      '--id',
      id,
      '--dry-run',
      '-p',
      '8080:80',
    )
    expect(JSON.parse(ran.stdout)).toMatchObject({
      mode: 'cni',
      record: { id, ports: [{ hostPort: 8080 }] },
    })
    expect([await readFile(`${bundle}/config.json`, 'utf8'), await host.snapshot()]).toEqual(before)
  })

  it('whose request can not be is refused by name, and nothing is written', async () => {
    const id = `bad-${host.tag}`
    const bundle = await host.bundle(id, ['sleep', '600'])
    const before = [await readFile(`${bundle}/config.json`, 'utf8'), await host.snapshot()]
    for (const [flags, said] of [
      [['--id', '../../etc'], '../../etc'],
      [['--id', id, '--name', 'a\n127.0.0.1 evil'], 'evil'],
      [['--id', id, '--hostname', 'x'.repeat(300)], 'xxx'],
      [['--id', id, '--network', 'nowhere'], 'nowhere'],
      [['--id', id, '-p', '70000:80'], '70000'],
      [['--id', id, '--add-host', 'x:1.2.3.4\n6.6.6.6 evil'], 'evil'],
      [['--id', id, '--ip', '10.4.0.300'], '10.4.0.300'],
    ] as const) {
      const ran = await host.vethra('bundle', 'prepare', bundle, ...flags)
      expect(ran.exitCode, flags.join(' ')).toBeGreaterThan(0)
      expect(ran.exitCode).toBeLessThan(3)
      expect(ran.stderr).toContain(said)
    }
    expect(await readFile(`${bundle}/config.json`, 'utf8')).toBe(before[0])
    const after = await host.snapshot()
    const made = after.files.filter((file) => !/bridge\.conflist$|\.lock$|locks\//.test(file))
    expect({ ...after, files: made }).toEqual({ ...(before[1] as object), files: [] })
  })
})
