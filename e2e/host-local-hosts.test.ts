import { copyFile, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, plugins, untilAsleep } from './host.ts'
import { callPlugin, debianHostLocal, filesOf, pluginFolder } from './ipam-plugin.ts'

describeOnHost('host-local on a host', () => {
  let host: Host
  let plugin: string
  beforeEach(async () => {
    host = await openHost()
    plugin = `${await pluginFolder(host)}/host-local`
  })
  afterEach(() => host.close())

  const confOf = (dataDir: string, more: object = {}) => ({
    cniVersion: '1.0.0',
    name: 'n',
    ipam: { type: 'host-local', dataDir, subnet: '10.7.0.0/24', ...more },
  })
  const tree = async () =>
    (
      await host.run([
        'find',
        '/var/lib',
        '/run',
        '-not',
        '-path',
        '/run/vethra*',
        '-not',
        '-path',
        '/run/.etc*',
      ])
    ).stdout

  it.each([
    ['a/b', 4, 'invalid characters in containerID'],
    ['../../etc/passwd', 4, 'invalid characters in containerID'],
    ['..', 4, 'invalid characters in containerID'],
    ['a\nb', 4, 'invalid characters in containerID'],
    ['a\r\neth0', 4, 'invalid characters in containerID'],
    ['a'.repeat(10_000), 4, 'container id is longer than 1024 octets'],
    ['', 4, 'required env variables [CNI_CONTAINERID] missing'],
  ])('refuses a container id: %#, and reserves nothing', async (id, code, msg) => {
    const conf = confOf('/var/lib/nets')
    for (const command of ['ADD', 'CHECK', 'DEL']) {
      const answer = await callPlugin(host, plugin, { command, id, conf })
      expect(answer).toMatchObject({ exitCode: 1, json: { code, msg } })
    }
    expect(
      Object.keys(await filesOf(host, '/var/lib/nets/n')).filter((name) => name !== 'lock'),
    ).toEqual([])
  })

  it.each(['../x', 'a/b', '..', 'n\n', ''])('refuses the network name %j', async (name) => {
    const before = await tree()
    const answer = await callPlugin(host, plugin, {
      command: 'ADD',
      conf: { ...confOf('/var/lib/nets'), name },
    })
    expect(answer).toMatchObject({ exitCode: 1, json: { code: 7 } })
    expect(await tree()).toBe(before)
  })

  it.each([
    ['a symbolic link to a folder', 'mkdir /var/lib/real; ln -s /var/lib/real /var/lib/nets'],
    ['a symbolic link to nowhere', 'ln -s /var/lib/nowhere /var/lib/nets'],
    ['a file', 'touch /var/lib/nets'],
    ['below a file', 'touch /var/lib/file; ln -s file /var/lib/nets'],
    [
      'one whose network is a link',
      'mkdir /var/lib/nets /var/lib/real; ln -s /var/lib/real /var/lib/nets/n',
    ],
    ['one whose network is a file', 'mkdir /var/lib/nets; touch /var/lib/nets/n'],
    [
      'one whose lock is a link',
      'mkdir -p /var/lib/nets/n; ln -s /var/lib/secret /var/lib/nets/n/lock',
    ],
  ])('refuses a dataDir that is %s, and writes nothing elsewhere', async (_, script) => {
    await host.run(['sh', '-ec', script])
    const before = await tree()
    const conf = { ...confOf('/var/lib/nets'), cniVersion: '1.1.0' }
    for (const command of ['ADD', 'CHECK', 'DEL']) {
      const answer = await callPlugin(host, plugin, { command, conf })
      expect(answer).toMatchObject({ exitCode: 1, json: { code: 5 } })
    }
    expect(await tree()).toBe(before)
  })

  it.each([
    // Room for what one reservation leaves and for what a second needs, but its mark.
    ['inodes', 'nr_inodes=7'],
    ['space', 'size=12k'],
  ])(
    'tells of a read-only dataDir and of a disk out of %s, with code 5 and nothing half-done',
    async (_, limit) => {
      await host.run([
        'sh',
        '-ec',
        `mkdir /var/lib/nets; mount -t tmpfs -o ${limit} tmpfs /var/lib/nets`,
      ])
      const conf = confOf('/var/lib/nets')
      const call = (command: string, id: string) => callPlugin(host, plugin, { command, id, conf })
      expect(await call('ADD', 'a')).toMatchObject({ exitCode: 0 })
      const full = await call('ADD', 'b')
      expect(full).toMatchObject({ exitCode: 1, json: { code: 5 } })
      expect(full.json?.['details']).toMatch(/ENOSPC/)
      const files = { '10.7.0.2': 'a\r\neth0', 'last_reserved_ip.0': '10.7.0.2', lock: '' }
      expect(await filesOf(host, '/var/lib/nets/n')).toEqual(files)
      await host.run(['mount', '-o', 'remount,ro', '/var/lib/nets'])
      for (const command of ['ADD', 'DEL']) {
        const answer = await call(command, command === 'ADD' ? 'b' : 'a')
        expect(answer).toMatchObject({ exitCode: 1, json: { code: 5 } })
        expect(answer.json?.['details']).toMatch(/EROFS/)
      }
      expect(await call('CHECK', 'a')).toMatchObject({ exitCode: 0 })
      expect(await filesOf(host, '/var/lib/nets/n')).toEqual(files)
      await host.run(['mount', '-o', 'remount,rw', '/var/lib/nets'])
      expect(await call('DEL', 'a')).toMatchObject({ exitCode: 0 })
      expect(await call('ADD', 'b')).toMatchObject({ exitCode: 0 })
      expect((await host.run(['ls', '-A', '/var/lib/nets'])).stdout).toBe('n')
    },
  )

  // The conf list that containerd's own set-up script writes, both families, run by the whole runtime.
  it("serves containerd's network, which notices no difference", async () => {
    const folder = join(host.folder, 'cni')
    await mkdir(folder)
    for (const name of ['bridge', 'portmap']) {
      await symlink(join(plugins, name), join(folder, name))
    }
    const list = {
      cniVersion: '1.0.0',
      name: 'containerd-net',
      plugins: [
        {
          type: 'bridge',
          bridge: 'cni0',
          isGateway: true,
          ipMasq: true,
          promiscMode: true,
          ipam: {
            type: 'host-local',
            ranges: [[{ subnet: '10.88.0.0/16' }], [{ subnet: '2001:db8:4860::/64' }]],
            routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
          },
        },
        { type: 'portmap', capabilities: { portMappings: true } },
      ],
    }
    const file = 'mkdir -p /etc/cni/net.d; cat > /etc/cni/net.d/10-containerd-net.conflist'
    await host.run(['sh', '-c', file], { input: JSON.stringify(list) })
    const env = { CNI_PATH: folder, VETHRA_PLUGINS: 'exec' }
    const results: unknown[] = []
    for (const ipam of [debianHostLocal, executable]) {
      await host.run(['rm', '-f', join(folder, 'host-local')])
      await symlink(ipam, join(folder, 'host-local'))
      await host.run(['ip', 'netns', 'add', 'blue'])
      const cni = (operation: string) =>
        host.run([executable, 'cni', operation, 'containerd-net', '/run/netns/blue'], { env })
      const added = await cni('add')
      expect(added).toMatchObject({ exitCode: 0, stderr: '' })
      const { ips, routes } = JSON.parse(added.stdout)
      results.push({
        ips,
        routes,
        files: await filesOf(host, '/var/lib/cni/networks/containerd-net'),
      })
      expect(await cni('del')).toMatchObject({ exitCode: 0, stderr: '' })
      results.push(await filesOf(host, '/var/lib/cni/networks/containerd-net'))
      await host.run(['ip', 'netns', 'del', 'blue'])
      await host.run(['rm', '-rf', '/var/lib/cni/networks'])
    }
    expect(results.slice(2)).toEqual(results.slice(0, 2))
  })

  it("serves Debian's bridge, which notices no difference", async () => {
    const folder = join(host.folder, 'cni')
    await mkdir(folder)
    await symlink(join(plugins, 'bridge'), join(folder, 'bridge'))
    const results: unknown[] = []
    for (const ipam of [debianHostLocal, executable]) {
      await host.run(['rm', '-f', join(folder, 'host-local')])
      await symlink(ipam, join(folder, 'host-local'))
      await host.run(['ip', 'netns', 'add', 'blue'])
      const conf = {
        ...confOf('/var/lib/nets', { routes: [{ dst: '0.0.0.0/0' }] }),
        type: 'bridge',
        bridge: 'br-test',
        isGateway: true,
      }
      const env = {
        CNI_CONTAINERID: 'web',
        CNI_NETNS: '/run/netns/blue',
        CNI_IFNAME: 'eth0',
        CNI_PATH: folder,
      }
      const call = (command: string) =>
        host.run([join(folder, 'bridge')], {
          input: JSON.stringify(conf),
          env: { ...env, CNI_COMMAND: command },
        })
      const added = await call('ADD')
      expect(added.exitCode).toBe(0)
      const { ips, routes, dns } = JSON.parse(added.stdout)
      results.push({ ips, routes, dns, files: await filesOf(host, '/var/lib/nets/n') })
      const again = await call('ADD')
      results.push(JSON.parse(again.stdout))
      expect((await call('DEL')).exitCode).toBe(0)
      results.push(await filesOf(host, '/var/lib/nets/n'))
      await host.run(['ip', 'netns', 'del', 'blue'])
      await host.run(['rm', '-rf', '/var/lib/nets'])
    }
    expect(results.slice(3)).toEqual(results.slice(0, 3))
  })

  it("serves nerdctl's kind of network through the whole chain, and tells the runtime when it is full", async () => {
    const folder = join(host.folder, 'cni')
    await mkdir(folder)
    for (const name of ['bridge', 'portmap', 'firewall', 'tuning']) {
      await symlink(join(plugins, name), join(folder, name))
    }
    await symlink(executable, join(folder, 'host-local'))
    const env = { CNI_PATH: folder, VETHRA_PLUGINS: 'exec' }
    const vethra = (...args: readonly string[]) => host.run([executable, ...args], { env })
    await vethra('network', 'create', '--subnet', '10.8.0.0/30', 'lan')
    for (const name of ['blue', 'red']) await host.run(['ip', 'netns', 'add', name])
    expect(await vethra('cni', 'status', 'lan')).toMatchObject({ exitCode: 0 })
    const added = await vethra('cni', 'add', 'lan', '/run/netns/blue')
    expect(added).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(added.stdout).ips).toMatchObject([
      { address: '10.8.0.2/30', gateway: '10.8.0.1' },
    ])
    const full = await vethra('cni', 'add', 'lan', '/run/netns/red')
    expect(full.exitCode).toBe(1)
    expect(full.stderr).toMatch(/no IP addresses available.*1 addresses, 1 reserved by 1 container/)
    const status = await vethra('cni', 'status', 'lan')
    expect(status.exitCode).toBe(1)
    expect(status.stderr).toMatch(/CNI code 50/)
    await host.run(['ip', 'netns', 'del', 'blue'])
    expect(await vethra('cni', 'del', 'lan', '/run/netns/blue')).toMatchObject({ exitCode: 0 })
    expect(await vethra('cni', 'status', 'lan')).toMatchObject({ exitCode: 0 })
    await host.run(['ip', 'netns', 'del', 'red'])
    expect(await vethra('network', 'rm', 'lan')).toMatchObject({ exitCode: 0 })
    expect(await filesOf(host, '/var/lib/cni/networks/lan')).toEqual({})
  })

  it('is the plugin under its name when it is copied, and as "vethra plugin NAME"', async () => {
    await mkdir(join(host.folder, 'copy'))
    await copyFile(executable, join(host.folder, 'copy/host-local'))
    const env = { CNI_COMMAND: 'VERSION' }
    for (const argv of [[join(host.folder, 'copy/host-local')], [executable, 'plugin', 'static']]) {
      const ran = await host.run(argv, { env })
      expect(JSON.parse(ran.stdout).supportedVersions).toContain('1.1.0')
    }
    const unknown = await host.run([executable, 'plugin', 'nope'], { env })
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '' })
    expect(unknown.stderr).toMatch(/"nope".*\(code 103\)\n {2}hint: .*host-local, static/)
  })

  it('refuses its own network namespace, unless the caller says that it may be', async () => {
    const conf = confOf('/var/lib/nets')
    const own = { command: 'ADD', conf, netns: '/proc/self/ns/net' }
    const answer = await callPlugin(host, plugin, own)
    expect(answer.json).toEqual({
      code: 8,
      msg: "plugin's netns and netns from CNI_NETNS should not be the same",
    })
    expect(await filesOf(host, '/var/lib/nets/n')).toEqual({})
  })

  it('gives 64 who come at the same time 64 addresses, with ours and the Go plugin mixed, and takes them all back', async () => {
    const conf = confOf('/var/lib/nets')
    const ids = Array.from({ length: 64 }, (_, index) => `c${index}`)
    const all = async (command: string) =>
      Promise.all(
        ids.map((id, index) =>
          callPlugin(host, index % 2 === 0 ? plugin : debianHostLocal, { command, id, conf }),
        ),
      )
    const added = await all('ADD')
    expect(added.filter(({ exitCode }) => exitCode !== 0)).toEqual([])
    const files = await filesOf(host, '/var/lib/nets/n')
    const holders = Object.entries(files).filter(([name]) => name.startsWith('10.'))
    expect(new Set(holders.map(([, text]) => text)).size).toBe(64)
    expect(holders).toHaveLength(64)
    const removed = await all('DEL')
    expect(removed.filter(({ exitCode }) => exitCode !== 0)).toEqual([])
    expect(Object.keys(await filesOf(host, '/var/lib/nets/n'))).toEqual([
      'last_reserved_ip.0',
      'lock',
    ])
  })

  it('gets the lock at once when the Go plugin that held it is killed', async () => {
    await callPlugin(host, plugin, { command: 'ADD', id: 'a', conf: confOf('/var/lib/nets') })
    const script = '(exec 9>>/var/lib/nets/n/lock; flock 9; exec sleep 600) >/dev/null 2>&1 & '
    await host.run(['sh', '-c', `${script} ${untilAsleep}; kill -KILL $!`])
    const began = performance.now()
    expect(
      await callPlugin(host, plugin, { command: 'ADD', id: 'b', conf: confOf('/var/lib/nets') }),
    ).toMatchObject({ exitCode: 0 })
    expect(performance.now() - began).toBeLessThan(30_000)
  })
})
