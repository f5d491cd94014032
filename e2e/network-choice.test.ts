import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost, plugins } from './host.ts'

describeOnHost('vethra network create, on a host that is in use', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
  })

  afterEach(async () => {
    await host.close()
  })

  const sh = (script: string) => host.run(['sh', '-ec', script])
  const put = (file: string, input: string) =>
    host.run(['sh', '-c', `mkdir -p "$(dirname ${file})"; cat > ${file}`], { input })
  const create = (...args: readonly string[]) => host.vethra('network', 'create', ...args)
  const plugin = async (name: string): Promise<Record<string, unknown>> =>
    JSON.parse((await host.run(['cat', `/etc/cni/net.d/nerdctl-${name}.conflist`])).stdout)
      .plugins[0]
  const subnets = async (...names: readonly string[]): Promise<readonly string[]> =>
    JSON.parse((await host.vethra('network', 'inspect', ...names)).stdout).map(
      (each: { IPAM: { Config: { Subnet: string }[] } }) => each.IPAM.Config[0]?.Subnet,
    )

  it('a VPN over 10.0.0.0/8 sends it elsewhere, silently, with the MTU of the way out', async () => {
    await sh(`ip link add tun0 mtu 1420 type bridge; ip addr add 10.8.0.2/32 dev tun0; ip link set tun0 up
      ip route add 10.0.0.0/8 dev tun0; ip route add default dev tun0`)
    expect(await create('lan')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await subnets('lan')).toEqual(['172.16.0.0/24'])
    expect(await plugin('lan')).toMatchObject({ mtu: 1420 })
  })

  it('where pools are full it names what takes the space, and never leaves them', async () => {
    await sh(
      'ip link add tun0 type bridge; ip link set tun0 up; ip route add 10.99.0.0/25 dev tun0',
    )
    const pool = ['--address-pools', 'base=10.99.0.0/24,size=25']
    expect(await create(...pool, 'lan')).toMatchObject({ exitCode: 0 })
    expect(await subnets('lan')).toEqual(['10.99.0.128/25'])
    expect(await create(...pool, 'more')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /could not find free subnet: taken by 10\.99\.0\.0\/25 of route via tun0, 10\.99\.0\.128\/25 of network lan/,
      ),
    })
    await sh(
      'for net in 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16; do ip route add $net dev tun0; done',
    )
    expect(await create('more')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /taken by 10\.0\.0\.0\/8 of route via tun0, 172\.16\.0\.0\/12 of/,
      ),
    })
  })

  it('keeps clear of the networks of other tools and namespaces, whatever their form', async () => {
    await put(
      '/etc/cni/net.d/10-old.conf',
      '{"cniVersion":"0.3.1","name":"old","type":"bridge","ipam":{"type":"host-local","subnet":"10.4.1.0/24"}}',
    )
    await put(
      '/etc/cni/net.d/20-ptp.conflist',
      '{"cniVersion":"1.0.0","name":"ptp","plugins":[{"type":"ptp","ipam":{"type":"host-local","ranges":[[{"subnet":"10.4.2.0/24"}]]}}]}',
    )
    await put(
      '/etc/cni/net.d/30-macvlan.conflist',
      '{"cniVersion":"1.0.0","name":"mv","plugins":[{"type":"macvlan","ipam":{"type":"host-local","ranges":[[{"subnet":"10.4.3.0/24"}],[{"subnet":"10.4.4.0/24"}]]}}]}',
    )
    await put(
      '/etc/cni/net.d/k8s.io/40-other.conflist',
      '{"cniVersion":"1.0.0","name":"other","plugins":[{"type":"bridge","bridge":"br9","ipam":{"type":"static","addresses":[{"address":"10.4.5.7/24"}]}}]}',
    )
    expect((await create('lan')).exitCode).toBe(0)
    expect(await subnets('lan')).toEqual(['10.4.6.0/24'])
    for (const [subnet, by] of [
      ['10.4.1.0/24', 'network old'],
      ['10.4.4.128/25', 'network mv'],
      ['10.4.5.0/24', 'network other in /etc/cni/net.d/k8s.io/40-other.conflist'],
      ['10.4.0.0/16', 'network'],
    ] as const) {
      expect(await create('--subnet', subnet, 'more')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(`overlaps with other one on this address space: `),
      })
      expect((await create('--subnet', subnet, 'more')).stderr).toContain(by)
    }
    expect(
      await create('--subnet', '10.4.1.0/24', '-o', 'vethra.allow-overlap=true', 'more'),
    ).toMatchObject({ exitCode: 0 })
  })

  it('a bridge of ours on which another network of ours is goes with that one', async () => {
    const run = (...args: readonly string[]) => host.vethra('--plugins', 'exec', ...args)
    await host.run(['ip', 'netns', 'add', 'blue'])
    await run('network', 'create', '--subnet', '10.31.0.0/24', 'one')
    await run('network', 'create', '--subnet', '10.32.0.0/24', 'two')
    const { bridge } = await plugin('one')
    const file = '/etc/cni/net.d/nerdctl-two.conflist'
    await sh(`sed -i 's/"bridge": *"[^"]*"/"bridge":"${bridge}"/' ${file}`)
    for (const each of ['add', 'del']) await run('cni', each, 'one', '/run/netns/blue')
    await host.run(['ip', 'netns', 'del', 'blue'])
    const there = async () => (await sh(`ip link show ${bridge}`)).exitCode === 0
    expect([(await run('network', 'rm', 'one')).exitCode, await there()]).toEqual([0, true])
    expect([(await run('network', 'rm', 'two')).exitCode, await there()]).toEqual([0, false])
  })

  it('namesakes in two namespaces have subnets, bridges and lives of their own, unlike the default network', async () => {
    const one = (...args: readonly string[]) => host.vethra('-n', 'one', ...args)
    const two = (...args: readonly string[]) => host.vethra('-n', 'two', ...args)
    expect((await one('network', 'create', 'lan')).exitCode).toBe(0)
    expect((await two('network', 'create', 'lan')).exitCode).toBe(0)
    expect(await create('lan')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('already exists, in /etc/cni/net.d/one/nerdctl-lan.conflist'),
    })
    for (const name of ['blue', 'red']) await host.run(['ip', 'netns', 'add', name])
    const results = [
      await one('cni', 'add', 'lan', '/run/netns/blue'),
      await two('cni', 'add', 'lan', '/run/netns/red'),
    ].map(({ stdout }) => JSON.parse(stdout))
    const bridges = results.map(({ interfaces }) => interfaces[0].name)
    expect(results.map(({ ips }) => ips[0].address)).toEqual(['10.4.1.2/24', '10.4.2.2/24'])
    expect(new Set(bridges).size).toBe(2)
    const refused = { exitCode: 1, stderr: expect.stringContaining('is in use by') }
    expect(await one('network', 'rm', 'lan')).toMatchObject(refused)
    await one('cni', 'del', 'lan', '/run/netns/blue')
    expect((await one('network', 'rm', 'lan')).exitCode).toBe(0)
    expect(await two('network', 'rm', 'lan')).toMatchObject(refused)
    const elsewhere = ['--cni-netconfpath', '/run/elsewhere', 'network']
    const other = await host.vethra(...elsewhere, 'create', '--subnet', '10.77.0.0/24', 'lan')
    expect(other).toMatchObject({ exitCode: 0 })
    expect(await host.vethra(...elsewhere, 'rm', 'lan')).toMatchObject({ exitCode: 0 })
    expect((await sh('ls /var/lib/cni/networks/lan')).stdout).toContain('10.4.2.2')
    await two('cni', 'del', 'lan', '/run/netns/red')
    expect((await sh(`ip link show ${bridges[1]}; ls /var/lib/cni/networks/lan`)).exitCode).toBe(0)
    expect((await two('network', 'rm', 'lan')).exitCode).toBe(0)
    const bundle = await host.bundle('web', ['sleep', '1'])
    expect((await two('bundle', 'prepare', bundle, '--id', host.tag)).exitCode).toBe(0)
    for (const name of ['blue', 'red']) await host.run(['ip', 'netns', 'del', name])
    const { links, files } = await host.snapshot()
    expect(links).toHaveLength(1)
    expect(files.filter((file) => file.includes('/lib/cni/'))).toEqual([])
    expect((await sh('cd /etc/cni/net.d; find . -name "*.conflist"')).stdout).toBe(
      './nerdctl-bridge.conflist',
    )
  })

  it('macvlan and ipvlan share the subnet of their parent, named or the way out, and nobody else may', async () => {
    await sh(`ip link add lan0 type bridge; ip addr add 192.168.7.5/24 dev lan0; ip link set lan0 up
      ip route add default via 192.168.7.1 dev lan0`)
    const subnet = ['--subnet', '192.168.7.0/24']
    expect((await create('-d', 'macvlan', '-o', 'parent=lan0', ...subnet, 'named')).exitCode).toBe(
      0,
    )
    await host.vethra('network', 'rm', 'named')
    expect((await create('-d', 'ipvlan', ...subnet, 'way-out')).exitCode).toBe(0)
    await host.vethra('network', 'rm', 'way-out')
    expect((await create('-d', 'macvlan', '-o', 'parent=lo', ...subnet, 'xx')).stderr).toContain(
      'interface lan0',
    )
    expect((await create(...subnet, 'xx')).stderr).toContain('interface lan0')
    expect(await create('--subnet', '10.7.0.0/16', '--subnet', '10.7.1.0/24', 'xx')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('subnet 10.7.1.0/24 overlaps subnet 10.7.0.0/16'),
    })
  })

  it('isolation that the firewall plugin cannot do is refused, and so is a network without its plugins', async () => {
    const exec = ['--plugins', 'exec']
    const option = ['-o', 'com.docker.network.bridge.enable_icc=false', 'quiet']
    expect(await host.vethra(...exec, 'network', 'create', ...option)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('unknown ingress policy: "isolated"'),
    })
    expect(await sh('iptables-save; ls /etc/cni/net.d')).toMatchObject({ stdout: '' })
    await put('/run/plugins/firewall', '#!/bin/sh\necho "CNI firewall plugin v1.9.1" >&2\n')
    await host.run(['chmod', '+x', '/run/plugins/firewall'])
    const path = ['--cni-path', `/run/plugins:${plugins}`]
    expect((await host.vethra(...exec, ...path, 'network', 'create', ...option)).exitCode).toBe(0)
    expect((await host.run(['cat', '/etc/cni/net.d/nerdctl-quiet.conflist'])).stdout).toContain(
      '"ingressPolicy": "isolated"',
    )
    expect(
      await host.vethra(...exec, '--cni-path', '/run/plugins', 'network', 'create', 'lan'),
    ).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(
        'needs CNI plugin "bridge" to be installed in CNI_PATH ("/run/plugins")',
      ),
    })
  })

  it('rm sees and removes what is elsewhere than usual: reservations in a dataDir, a cache of its own', async () => {
    const at = (...args: readonly string[]) => host.vethra('--cni-cache', '/run/cache', ...args)
    await at('network', 'create', 'lan')
    await sh(`sed -i 's#"type": "host-local"#"type": "host-local", "dataDir": "/run/data"#' /etc/cni/net.d/nerdctl-lan.conflist
      ip netns add blue`)
    expect((await at('cni', 'add', 'lan', '/run/netns/blue')).exitCode).toBe(0)
    expect((await sh('ls /run/data/lan')).stdout).toContain('10.4.1.2')
    expect((await at('network', 'rm', 'lan')).stderr).toContain('is in use by container ["cnitool-')
    await at('cni', 'del', 'lan', '/run/netns/blue')
    expect((await at('network', 'rm', 'lan')).exitCode).toBe(0)
    expect(
      await sh('ls -d /run/data/lan /etc/cni/net.d/nerdctl-lan.conflist 2>/dev/null || true'),
    ).toMatchObject({ stdout: '' })
    await sh('ip netns del blue')
  })

  it.each(['host', 'none'])('%s is a mode: shown, never made or removed', async (mode) => {
    expect(await create(mode)).toMatchObject({ exitCode: 2 })
    expect(await host.vethra('network', 'rm', mode)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`pseudo network not allowed: ${mode}`),
    })
    const inspected = await host.vethra('network', 'inspect', mode)
    expect(inspected.exitCode).toBe(0)
    expect(JSON.parse(inspected.stdout)).toMatchObject([{ Name: mode, Containers: {} }])
    const rows = async (...flags: string[]) => (await host.vethra('network', 'ls', ...flags)).stdout
    expect(await rows()).toContain(`(mode)      ${mode}`)
    expect(await rows('--filter', 'name=.')).not.toContain(mode)
    expect(await rows('--format', 'json')).toBe('[]')
  })

  it('ls marks what others made, and cuts nothing in a pipe but ids', async () => {
    const long = 'n'.repeat(60)
    await create(long)
    await put(
      '/etc/cni/net.d/87-podman-bridge.conflist',
      '{"cniVersion":"1.0.0","name":"podman","plugins":[{"type":"bridge"}]}',
    )
    await put(
      '/etc/cni/net.d/10-containerd-net.conflist',
      '{"cniVersion":"1.0.0","name":"containerd-net","plugins":[{"type":"bridge"}]}',
    )
    await put('/etc/cni/net.d/my.conf', '{"cniVersion":"0.4.0","name":"mine","type":"macvlan"}')
    const lines = async (...flags: string[]) =>
      (await host.vethra('network', 'ls', ...flags)).stdout.split('\n')
    const table = await lines()
    expect(table.map((line) => line.split(' ', 1)[0])).toEqual([
      'NETWORK',
      '(containerd)',
      '(podman)',
      '(other)',
      expect.stringMatching(/^[0-9a-f]{12}$/),
      '(mode)',
      '(mode)',
    ])
    expect(table.join('\n')).toContain(` ${long} `)
    expect((await lines('--no-trunc')).join('\n')).toMatch(/^[0-9a-f]{64} /m)
    expect(await lines('-q', '--no-trunc')).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
  })
})
