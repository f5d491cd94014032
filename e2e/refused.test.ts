import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'

const long = (length: number) => 'a'.repeat(length)
const wide = 'n'.repeat(128)

// Each would be written down, and fail at the first start.
describeOnHost('what cannot be is refused by name when it is given, and changes nothing', () => {
  let host: Host
  let bundle: string

  beforeAll(async () => {
    host = await openHost()
    await host.run([
      'sh',
      '-ec',
      'ip link add lan0 mtu 1400 type bridge; ip addr add 192.0.2.1/24 dev lan0; ip link set lan0 up',
    ])
    bundle = await host.bundle('web', ['sleep', '600'])
    const ranges = ['--ip-range', '10.51.0.128/25', '--aux-address', 'a=10.51.0.200']
    for (const args of [
      ['--subnet', '10.50.0.0/24', 'lan'],
      ['--subnet', '10.51.0.0/24', ...ranges, 'part'],
      ['--subnet', '10.52.0.0/24', '--ipam-driver', 'static', 'brought'],
      [wide],
    ]) {
      expect(await host.vethra('network', 'create', ...args)).toMatchObject({ exitCode: 0 })
    }
  })

  afterAll(async () => {
    await host.close()
  })

  const state = async () => ({
    ...(await host.snapshot()),
    config: (await host.run(['cat', `${bundle}/config.json`])).stdout,
    networks: (await host.run(['ls', '/etc/cni/net.d'])).stdout,
  })
  const refused = async (named: string, ...args: readonly string[]) => {
    const before = await state()
    const { exitCode, stdout, stderr } = await host.vethra(...args)
    expect.soft([1, 2], stderr).toContain(exitCode)
    expect.soft(stdout).toBe('')
    expect.soft(stderr.split('\n')[0]).toMatch(/^error: /)
    expect.soft(stderr).toContain(named)
    expect.soft(await state()).toEqual(before)
  }

  it.each([
    ['mtu 67', '-o', 'mtu=67'],
    ['mtu 1279', '-o', 'mtu=1279', '--ipv6'],
    ['224.0.0.0/24', '--subnet', '224.0.0.0/24'],
    ['255.255.255.0/24', '--subnet', '255.255.255.0/24'],
    ['127.5.0.0/24', '--subnet', '127.5.0.0/24', '-o', 'vethra.allow-overlap=true'],
    ['fe80::/64', '--subnet', 'fe80::/64', '--ipv6'],
    ['10.60.0.0', '--subnet', '10.60.0.0/24', '--gateway', '10.60.0.0'],
    ['10.60.0.255', '--subnet', '10.60.0.0/24', '--gateway', '10.60.0.255'],
    ['10.60.0.255/32', '--subnet', '10.60.0.0/24', '--ip-range', '10.60.0.255/32'],
    ['10.60.0.0/31', '--subnet', '10.60.0.0/31'],
    ['nope', '-d', 'macvlan', '-o', 'parent=nope'],
    ['nope', '-d', 'ipvlan', '-o', 'parent=nope'],
    ['nope', '-d', 'macvlan', '-o', 'parent=nope', '--ipam-driver', 'dhcp'],
    ['lo', '-d', 'ipvlan', '-o', 'parent=lo'],
    ['mtu 1500', '-d', 'macvlan', '-o', 'parent=lan0', '-o', 'mtu=1500'],
    ['--dns', '--dns', '192.0.2.53'],
    ['--bridge-ip', '--bridge-ip', '10.9.0.1/24'],
  ])('network create: %s (%s %s)', async (named, ...args) => {
    await refused(named, 'network', 'create', ...args, 'new')
  })

  it.each([
    ['10.50.0.1', '--network', 'lan', '--ip', '10.50.0.1'],
    ['10.50.0.255', '--network', 'lan', '--ip', '10.50.0.255'],
    ['10.51.0.5', '--network', 'lan', '--network', 'part:ip=10.51.0.5'],
    ['10.51.0.200', '--network', 'part', '--ip', '10.51.0.200'],
    ['10.52.0.1', '--network', 'brought', '--ip', '10.52.0.1'],
    ['10.4.0.1', '--ip', '10.4.0.1'],
    ['198.51.100.7', '--ip', '198.51.100.7'],
    ['"x"', '--ip', 'x'],
    ['a b', '--network-alias', 'a b'],
    ['224.0.0.1', '--network', 'lan', '-p', '224.0.0.1:8080:80'],
    ['255.255.255.255', '--network', 'lan', '-p', '255.255.255.255:8080:80'],
    ['ff02::1', '--network', 'lan', '-p', '[ff02::1]:8080:80'],
    [wide, '--network', wide, '--id', long(120)],
    [long(32), '--network', 'none', '--id', long(240)],
    ['--ip', '--network', 'none', '--ip', '10.4.0.9'],
    ['--mac-address', '--network', 'host', '--mac-address', '02:00:00:00:00:09'],
    ['/nope', '--network', 'ns:/nope'],
    ['/proc/self/ns/mnt', '--network', 'ns:/proc/self/ns/mnt'],
  ])('bundle prepare: %s', async (named, ...args) => {
    await refused(named, 'bundle', 'prepare', bundle, '--id', 'web', ...args)
  })

  it('leaves no network and no lock on a host that has none', async () => {
    const bare = await openHost()
    try {
      for (const args of [
        ['network', 'create', '--subnet', '10.60.0.0/33', 'new'],
        ['network', 'create', '-d', 'macvlan', '-o', 'parent=nope', 'new'],
        ['network', 'rm', 'new'],
        ['bundle', 'prepare', bundle, '--id', 'bare', '--ip', 'x'],
        ['bundle', 'prepare', bundle, '--id', 'bare', '-p', 'x'],
        ['bundle', 'prepare', bundle, '--id', 'bare', '--network', 'new'],
      ])
        expect((await bare.vethra(...args)).exitCode, args.join(' ')).toBeGreaterThan(0)
      expect(await bare.vethra('network', 'prune', '--force')).toMatchObject({ exitCode: 0 })
      const places = ['/etc/cni/net.d', '/run/vethra', '/var/lib/vethra']
      const { stdout } = await bare.run(['find', ...places, '-mindepth', '1'])
      expect(stdout).toBe('')
    } finally {
      await bare.close()
    }
  })

  it('network connect: names that are too long together, and the gateway', async () => {
    const id = long(120)
    const args = ['bundle', 'prepare', bundle, '--id', id, '--network', 'lan']
    expect(await host.vethra(...args)).toMatchObject({ exitCode: 0 })
    await refused(wide, 'network', 'connect', wide, id)
    await refused('10.51.0.1', 'network', 'connect', '--ip', '10.51.0.1', 'part', id)
    expect(await host.vethra('bundle', 'rm', id)).toMatchObject({ exitCode: 0 })
  })

  it('bundle prepare: a container that joins itself, by its name too', async () => {
    const args = ['bundle', 'prepare', bundle, '--id', 'own', '--name', 'mine', '--network']
    expect(await host.vethra(...args, 'lan')).toMatchObject({ exitCode: 0 })
    for (const each of ['own', 'mine']) await refused('own', ...args, `container:${each}`)
    expect(await host.vethra('bundle', 'rm', 'own')).toMatchObject({ exitCode: 0 })
  })

  it('a container that has the longest id starts', async () => {
    const id = long(236)
    const args = ['bundle', 'prepare', bundle, '--id', id, '--network', 'lan']
    expect(await host.vethra(...args)).toMatchObject({ exitCode: 0 })
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0 })
    expect(await host.stop(id)).toMatchObject({ exitCode: 0 })
    expect(await host.vethra('bundle', 'rm', id)).toMatchObject({ exitCode: 0 })
  })
})
