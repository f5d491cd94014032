import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Containerd, startContainerd } from './containerd.ts'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, plugins } from './host.ts'
import { startDaemon } from './running-daemon.ts'

describeOnHost("Debian's containerd, beside Vethra", () => {
  let host: Host
  let containerd: Containerd
  // The shim stays, and keeps what it is given as standard output.
  const ctr = (...args: readonly string[]) =>
    host.run([
      'sh',
      '-c',
      'exec "$@" 2>&1 </dev/null',
      'sh',
      'ctr',
      '-a',
      containerd.socket,
      ...args,
    ])

  beforeAll(async () => {
    host = await openHost()
    // go-cni, as ctr uses it, looks for plugins here alone.
    const places = 'mount -t tmpfs tmpfs /opt && mkdir /opt/cni && ln -s "$0" /opt/cni/bin'
    await host.run(['sh', '-c', places, plugins])
    containerd = await startContainerd(host, plugins)
  })

  afterAll(async () => {
    // Of a test that has failed, which nobody else would end.
    for (const space of ['default', 'other', 'my-team']) {
      const { stdout } = await ctr('-n', space, 'task', 'ls', '-q')
      for (const id of stdout.split('\n').filter(Boolean))
        await ctr('-n', space, 'task', 'rm', '-f', id)
    }
    await containerd.stop()
    await host.close()
  })

  it('has no network before there is a conf list', async () => {
    const { conditions, networks } = await containerd.status()
    expect(conditions['RuntimeReady']).toEqual({ status: true, why: '' })
    expect(conditions['NetworkReady']?.status).toBe(false)
    expect(networks.map(({ name }) => name)).toEqual(['cni-loopback'])
  })

  it('its CRI plugin loads every kind of network that we write, and reports that the network is ready', async () => {
    await host.run(['ip', 'link', 'add', 'up0', 'type', 'bridge'])
    const kinds = {
      'a-lan': [],
      'b-dual': ['--ipv6', '-o', 'mtu=1400', '--label', 'team=<web>'],
      'c-inner': ['--internal'],
      'd-macvlan': ['-d', 'macvlan', '-o', 'parent=up0', '--subnet', '10.88.0.0/24'],
      'e-ipvlan': ['-d', 'ipvlan', '-o', 'parent=up0', '-o', 'mode=l3'],
      'f-dhcp': ['-d', 'macvlan', '-o', 'parent=up0', '--ipam-driver', 'dhcp'],
      'g-static': ['--ipam-driver', 'static'],
      'h-parts': [
        '--subnet',
        '10.89.0.0/24',
        '--ip-range',
        '10.89.0.64/26',
        '--aux-address',
        'printer=10.89.0.70',
      ],
    }
    for (const [name, flags] of Object.entries(kinds)) {
      expect(await host.vethra('network', 'create', ...flags, name)).toMatchObject({ exitCode: 0 })
    }
    await expect
      .poll(async () => (await containerd.status()).networks.map(({ name }) => name))
      .toEqual(['cni-loopback', ...Object.keys(kinds)])
    const { conditions } = await containerd.status()
    expect(conditions['NetworkReady']).toEqual({ status: true, why: '' })
  })

  it('ctr attaches a container to our network with go-cni, and its address is free again', async () => {
    const bundle = await host.bundle('by-ctr', [])
    const run = ['ctr', '-a', containerd.socket, 'run', '--rm', '--rootfs', '--cni']
    const ran = await host.run([
      ...run,
      `${bundle}/rootfs`,
      host.tag,
      '/bin/ip',
      '-4',
      '-o',
      'addr',
    ])
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/eth0 +inet 10\.4\.1\.2\/24/),
    })
    expect((await host.vethra('ipam', 'ls', '--format', 'json')).stdout).toBe('[]')
  })

  it('a container that ctr attached is shown by namespace, id and state, told of by the daemon, and never changed', async () => {
    const daemon = await startDaemon(host)
    onTestFinished(async () => void (await daemon.end()))
    // What is there at its first look is no news.
    const looks = async () => (await daemon.ask('/metrics')).text
    await expect.poll(looks).toMatch(/^vethra_looks_total\{outcome="done"\} [1-9]/m)
    const told = async () =>
      (await daemon.events()).flatMap((each) =>
        'Container' in each && each.Container === id ? [each] : [],
      )
    const inTeam = (...args: readonly string[]) => ctr('-n', 'my-team', ...args)
    const rootfs = `${await host.bundle('by-ctr-too', [])}/rootfs`
    const id = `${host.tag}-cni`
    expect(
      await inTeam('run', '-d', '--cni', '--rootfs', rootfs, id, '/bin/sleep', '1000'),
    ).toMatchObject({ exitCode: 0 })
    // Its id for plugins, my-team-ID, could be that of one in namespace my, too.
    const shown = async (namespace = 'my-team') =>
      JSON.parse(
        (
          await host.vethra(
            ...['--address', containerd.socket, '-n', namespace],
            ...['container', 'ls', '--format', 'json'],
          )
        ).stdout,
      )
    expect(await shown('my')).toEqual([])
    const [row] = await shown()
    expect(row).toMatchObject({ ID: id, Name: '', Networks: ['a-lan'], State: 'running' })
    expect(row.Addresses).toEqual([expect.stringMatching(/^10\.4\.1\.\d+\/24$/)])
    for (const args of [
      ['container', 'rm', id],
      ['network', 'rm', 'a-lan'],
    ])
      expect(await host.vethra(...args)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(id),
      })
    await host.vethra('doctor', '--repair')
    expect(await shown()).toEqual([row])
    await inTeam('task', 'pause', id)
    expect(await shown()).toEqual([{ ...row, State: 'paused' }])
    await inTeam('task', 'resume', id)
    await expect.poll(told).toHaveLength(1)
    await inTeam('task', 'kill', '-s', 'KILL', id)
    await expect.poll(async () => (await shown())[0]?.State).toBe('dead')
    await expect.poll(async () => (await inTeam('task', 'rm', id)).exitCode).toBe(0)
    // Without a task containerd's records tell which one it is.
    expect(await shown()).toMatchObject([{ ID: id, State: 'dead' }])
    expect(await shown('my')).toEqual([])
    // ctr detaches what it ran in the foreground alone.
    const detach = 'cd /var/lib/cni && rm results/a-lan-* networks/a-lan/10*'
    await host.run(['sh', '-c', detach])
    expect(await shown()).toEqual([])
    const place = { Network: 'a-lan', Namespace: 'my-team', Interface: 'eth0', By: 'daemon' }
    await expect.poll(told).toMatchObject([
      { Type: 'container-attached', ...place, Addresses: row.Addresses },
      { Type: 'container-detached', ...place },
    ])
  })

  describe('with vethra-runc in the place of runc', () => {
    let runtime: string
    let rootfs: string

    beforeAll(async () => {
      runtime = join(host.folder, 'vethra-runc')
      await symlink(executable, runtime)
      rootfs = `${await host.bundle('rooted', [])}/rootfs`
    })

    const run = (flags: readonly string[], id: string, ...args: readonly string[]) =>
      ctr('run', '--runc-binary', runtime, '--rootfs', ...flags, rootfs, id, ...args)
    const annotated = (annotations: Readonly<Record<string, string>>) =>
      Object.entries(annotations).flatMap((pair) => ['--annotation', pair.join('=')])
    const known = async (namespace: string) =>
      JSON.parse((await host.vethra('-n', namespace, 'container', 'ls', '--format', 'json')).stdout)

    it('ctr run attaches a container by its annotations, and nothing of it is left', async () => {
      const asked = annotated({ 'vethra.network': 'a-lan:ip=10.4.1.77', 'vethra.name': 'web' })
      const ran = await run(['--rm', ...asked], host.tag, '/bin/cat', '/etc/hosts')
      expect(ran).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^10\.4\.1\.77\s.*web/m),
      })
      expect(await known('default')).toEqual([])
      expect((await host.vethra('ipam', 'ls', '--format', 'json')).stdout).toBe('[]')
    })

    it('detached, in two namespaces: killed and deleted by ctr, each by itself', async () => {
      const flags = ['-d', ...annotated({ 'vethra.network': 'a-lan', 'vethra.name': 'web' })]
      const spaces = ['default', 'other']
      for (const space of spaces) {
        const started = await ctr(
          '-n',
          space,
          'run',
          '--runc-binary',
          runtime,
          '--rootfs',
          ...flags,
          rootfs,
          `${host.tag}-${space}`,
          '/bin/sleep',
          '1000',
        )
        expect(started).toMatchObject({ exitCode: 0 })
        expect(await known(space)).toMatchObject([{ Name: 'web', State: 'running' }])
      }
      for (const space of spaces) {
        const id = `${host.tag}-${space}`
        const inSpace = (...args: readonly string[]) => ctr('-n', space, ...args)
        expect(await inSpace('task', 'kill', '-s', 'KILL', id)).toMatchObject({ exitCode: 0 })
        // Refused while the process is still ending.
        const removed = async () => {
          await inSpace('task', 'rm', id)
          return known(space)
        }
        await expect.poll(removed).toEqual([])
        expect(await inSpace('container', 'rm', id)).toMatchObject({ exitCode: 0 })
      }
    })

    it("README's lines for ctr work to the letter", async () => {
      const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
      const [, section = ''] = /\n## With containerd\n([\s\S]*?)\n## /.exec(readme) ?? []
      const [, lines = ''] = /^```sh\n([\s\S]*?)^```$/m.exec(section) ?? []
      // The machine's own /usr/local/bin is none of ours; ids of containers are shared by all hosts of the machine.
      const set = `set -e; mount -t tmpfs tmpfs /usr/local/bin; ln -s ${executable} /usr/local/bin/vethra
        ln -s vethra /usr/local/bin/vethra-runc
        mkdir ${host.folder}/readme; cd ${host.folder}/readme; export CONTAINERD_ADDRESS=${containerd.socket}\n`
      const own = lines.replaceAll(/(?<=--rootfs rootfs |rm -f |container rm )web\b/g, host.tag)
      const ran = await host.run(['bash', '-c', `exec 2>&1 </dev/null\n${set}${own}`])
      expect(ran, ran.stdout).toMatchObject({ exitCode: 0 })
      expect(ran.stdout).toContain('hello from web')
      expect(ran.stdout).not.toMatch(/^(error|warning):/m)
    })

    it('tells containerd why it refuses', async () => {
      const ran = await run(
        ['--rm', ...annotated({ 'vethra.network': 'nope' })],
        host.tag,
        '/bin/cat',
      )
      expect(ran.exitCode).not.toBe(0)
      expect(ran.stdout).toMatch(/no such network.*nope/)
    })
  })
})
