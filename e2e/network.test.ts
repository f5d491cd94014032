import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'
import { createAtOnce, createWhileRemoving } from './networks-at-once.ts'

const many = Number(process.env['VETHRA_TEST_NETWORKS'] ?? 12)

describeOnHost('vethra network', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
  })

  afterEach(async () => {
    await host.close()
  })

  it('create prints the id, and the file is what nerdctl would have written', async () => {
    const ran = await host.vethra(
      'network',
      'create',
      '--subnet',
      '10.9.0.0/24',
      '--label',
      'a=b',
      'foo',
    )
    expect(ran.stdout).toBe('2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae')
    const text = (await host.run(['cat', '/etc/cni/net.d/nerdctl-foo.conflist'])).stdout
    expect(text).toMatch(/^\{\n {2}"cniVersion": "1\.0\.0",\n {2}"name": "foo",\n {2}"nerdctlID"/)
    expect(JSON.parse(text).plugins.map(({ type }: { type: string }) => type)).toEqual([
      'bridge',
      'portmap',
      'firewall',
      'tuning',
    ])
  })

  it('create never picks a subnet that an interface or a route has', async () => {
    await host.run(['ip', 'link', 'add', 'br9', 'type', 'bridge'])
    await host.run(['ip', 'addr', 'add', '10.4.1.1/24', 'dev', 'br9'])
    await host.run(['ip', 'link', 'set', 'br9', 'up'])
    await host.run(['ip', 'route', 'add', '10.4.2.0/23', 'dev', 'br9'])
    await host.vethra('network', 'create', 'lan')
    const [network] = JSON.parse((await host.vethra('network', 'inspect', 'lan')).stdout)
    expect(network.IPAM.Config).toEqual([{ Subnet: '10.4.4.0/24', Gateway: '10.4.4.1' }])
    const refused = await host.vethra('network', 'create', '--subnet', '10.4.3.0/24', 'other')
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('br9') })
  })

  it.each([
    ['at once', createAtOnce],
    ['while others are removed', createWhileRemoving],
  ] as const)('create of many %s gives each its own subnet', async (_, work) => {
    const { failures, subnets } = await work(host, many)
    expect(failures).toEqual([])
    expect(subnets).toHaveLength(many)
    expect(new Set(subnets).size).toBe(many)
  })

  it('the default network gives way to what the host uses, and says so', async () => {
    await host.run(['ip', 'link', 'add', 'br9', 'type', 'bridge'])
    await host.run(['ip', 'addr', 'add', '10.4.0.7/24', 'dev', 'br9'])
    const bundle = await host.bundle('web', ['sleep', '1'])
    const ran = await host.vethra('bundle', 'prepare', bundle, '--id', `web-${host.tag}`)
    expect(ran).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^note: .*10\.4\.0\.0\/24.*br9/),
    })
    const [network] = JSON.parse((await host.vethra('network', 'inspect', 'bridge')).stdout)
    expect(network.IPAM.Config).toEqual([{ Subnet: '10.4.1.0/24', Gateway: '10.4.1.1' }])
  })

  it('the default network appears again when a container starts that wants it', async () => {
    const id = `web-${host.tag}`
    const bundle = await host.bundle(id, ['sleep', '600'])
    await host.vethra('bundle', 'prepare', bundle, '--id', id)
    expect((await host.vethra('network', 'rm', 'bridge')).exitCode).toBe(0)
    expect((await host.start(bundle, id)).exitCode).toBe(0)
    const [network] = JSON.parse((await host.vethra('network', 'inspect', 'bridge')).stdout)
    expect(network).toMatchObject({
      IPAM: { Config: [{ Subnet: '10.4.0.0/24', Gateway: '10.4.0.1' }] },
      Labels: { 'nerdctl/default-network': 'true' },
      Containers: { [id]: { IPv4Address: '10.4.0.2/24' } },
    })
    // A container whose namespace has gone is in no network any more, though nobody cleaned up.
    await host.run([
      'sh',
      '-c',
      `pid=$(sed 's/.*"init_process_pid":\\([0-9]*\\).*/\\1/' ${host.folder}/runc/${id}/state.json); kill -9 $pid; while readlink /proc/$pid/ns/net; do sleep 0.05; done`,
    ])
    const gone = JSON.parse((await host.vethra('network', 'inspect', 'bridge')).stdout)
    expect(gone[0].Containers).toEqual({})
  })

  it('create --ipv6 alone gives both families, each with its way out', async () => {
    await host.run(['ip', 'netns', 'add', 'blue'])
    expect((await host.vethra('network', 'create', '--ipv6', 'dual')).exitCode).toBe(0)
    const added = await host.vethra('cni', 'add', 'dual', '/run/netns/blue')
    expect(added.exitCode).toBe(0)
    expect(JSON.parse(added.stdout).ips).toHaveLength(2)
    const routes = await host.run(['ip', '-n', 'blue', '-6', 'route', 'show', 'default'])
    expect(routes.stdout).toMatch(/^default via fd/)
    expect((await host.vethra('cni', 'del', 'dual', '/run/netns/blue')).exitCode).toBe(0)
    await host.run(['ip', 'netns', 'del', 'blue'])
    expect((await host.vethra('network', 'rm', 'dual')).exitCode).toBe(0)
    const { links, rules, files } = await host.snapshot()
    expect({ links: links.length, rules, files }).toEqual({ links: 1, rules: [], files: [] })
  })

  it('create of a name that is taken is refused', async () => {
    await host.vethra('network', 'create', 'lan')
    expect(await host.vethra('network', 'create', 'lan')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('network with name lan already exists'),
    })
  })

  it('ls shows what others made, and a broken file hides nothing', async () => {
    await host.vethra('network', 'create', 'lan')
    const foreign = '{"cniVersion":"1.0.0","name":"podman","plugins":[{"type":"bridge"}]}'
    await host.run(['sh', '-c', 'cat > /etc/cni/net.d/87-podman.conflist'], { input: foreign })
    await host.run(['sh', '-c', 'echo "{" > /etc/cni/net.d/00-broken.conflist'])
    const ran = await host.vethra('network', 'ls', '--format', 'json')
    expect(ran).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('00-broken.conflist'),
    })
    for (const command of ['inspect', 'rm']) {
      expect(await host.vethra('network', command, 'broken')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('cannot use /etc/cni/net.d/00-broken.conflist'),
      })
    }
    const rows = JSON.parse(ran.stdout) as { Name: string; Managed: boolean }[]
    expect(rows.map(({ Name, Managed }) => [Name, Managed])).toEqual([
      ['podman', false],
      ['lan', true],
    ])
    expect((await host.vethra('network', 'ls')).stdout.split('\n')[0]).toBe(
      'NETWORK ID    NAME    DRIVER  FILE',
    )
  })

  it.each([
    ['a veth', 'ip link add $0 type veth peer name other'],
    [
      'a bridge with a port',
      'ip link add $0 type bridge; ip link add wire type veth peer name other; ip link set wire master $0',
    ],
    ['a bridge with an address', 'ip link add $0 type bridge; ip addr add 192.0.2.1/24 dev $0'],
  ])('rm leaves an interface that others made by the name of its bridge: %s', async (_, make) => {
    await host.vethra('network', 'create', '--subnet', '10.9.0.0/24', 'lan')
    const name = (await host.run(['sh', '-c', 'grep -o "br-[0-9a-f]*" /etc/cni/net.d/*lan*']))
      .stdout
    await host.run(['sh', '-ec', make, name])
    const before = (await host.run(['ip', 'addr', 'show', name])).stdout
    const { stdout } = await host.vethra('network', 'rm', '--dry-run', 'lan')
    expect(JSON.parse(stdout)).toMatchObject([{ Bridge: '' }])
    expect(await host.vethra('network', 'rm', 'lan')).toMatchObject({
      exitCode: 0,
      stdout: 'lan',
      stderr: expect.stringMatching(`^warning: .*${name}`),
    })
    expect(before).toContain(name)
    expect((await host.run(['ip', 'addr', 'show', name])).stdout).toBe(before)
  })

  it('a foreign bridge with the name of ours as its alternative name is not used, and stays as it is', async () => {
    await host.vethra('network', 'create', '--subnet', '10.9.0.0/24', 'lan')
    const name = (await host.run(['sh', '-c', 'grep -o "br-[0-9a-f]*" /etc/cni/net.d/*lan*']))
      .stdout
    const make =
      'ip netns add blue; ip link add foreign type bridge; ip link property add dev foreign altname $0'
    await host.run(['sh', '-ec', make, name])
    const foreign = async () => (await host.run(['ip', 'addr', 'show', 'foreign'])).stdout
    const before = await foreign()
    const added = await host.vethra('--plugins', 'native', 'cni', 'add', 'lan', '/run/netns/blue')
    expect(added).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(name) })
    await host.vethra('network', 'rm', 'lan')
    expect(await foreign()).toBe(before)
    expect(before).toContain('foreign')
  })

  it('rm takes only what is ours, all or none, and inspect is honest about what is missing', async () => {
    await host.vethra('network', 'create', 'lan')
    const foreign = '{"cniVersion":"1.0.0","name":"podman","plugins":[{"type":"bridge"}]}'
    await host.run(['sh', '-c', 'cat > /etc/cni/net.d/87-podman.conflist'], { input: foreign })
    expect(await host.vethra('network', 'rm', 'lan', 'podman')).toMatchObject({
      exitCode: 1,
      stdout: '',
    })
    expect(await host.vethra('network', 'rm', 'lan', 'gone')).toMatchObject({
      exitCode: 1,
      stdout: '',
    })
    const inspected = await host.vethra('network', 'inspect', 'lan', 'gone')
    expect(inspected).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no network found matching: gone'),
    })
    expect(JSON.parse(inspected.stdout)).toHaveLength(1)
    expect(await host.vethra('network', 'rm', 'lan')).toMatchObject({ exitCode: 0, stdout: 'lan' })
  })

  it.each([
    [['network', 'create'], 2],
    [['network', 'create', 'a b'], 2],
    [['network', 'create', '../x'], 2],
    [['network', 'create', '-d', 'nope', 'lan'], 2],
    [['network', 'create', '--subnet', '10.5.0.1/16', 'lan'], 2],
    [['--data-root', 'relative', 'network', 'ls'], 2],
    [['network', 'ls', '--format', 'nope'], 2],
    [['nope'], 2],
    [['--help'], 0],
    [['network', 'create', '--help'], 0],
    [['version'], 0],
  ])('%j ends with status %i', async (args, exitCode) => {
    expect((await host.vethra(...args)).exitCode).toBe(exitCode)
    expect((await host.snapshot()).files.filter((file) => file.endsWith('conflist'))).toEqual([])
  })

  it('an unknown key of vethra.toml is named with its file', async () => {
    await host.run(['sh', '-c', 'mkdir -p /etc/vethra; echo "nope = 1" > /etc/vethra/vethra.toml'])
    expect(await host.vethra('network', 'ls')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/nope in \/etc\/vethra\/vethra\.toml/),
    })
  })
})
