import type { JsonObject } from '@vethra/cni'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, plugins } from './host.ts'

const folder = '/run/plugins'
const ipam = { type: 'host-local', subnet: '10.1.2.0/24' }
const netOf = (type: string, conf: JsonObject): JsonObject => ({
  cniVersion: '1.0.0',
  name: `net-${type}`,
  type,
  ...conf,
})
interface Options {
  readonly id?: string
  readonly prevResult?: JsonObject
  /** The folder of the plugin. Default: that of ours. */
  readonly from?: string
}

const bridge = netOf('bridge', { bridge: 'br0', isGateway: true, ipam })

describeOnHost('plugins that another runtime calls', () => {
  let host: Host
  beforeAll(async () => {
    host = await openHost()
    await host.run([executable, 'plugin', 'install', folder])
  })
  afterAll(() => host.close())
  beforeEach(async () => {
    await sh(`ip netns del c1; ip link del br0; nft delete table inet vethra
      rm -rf /var/lib/cni/networks; ip netns add c1`)
  })

  const sh = async (script: string) => (await host.run(['sh', '-c', script])).stdout
  const call = async (
    command: string,
    conf: JsonObject,
    { id = 'c1', prevResult, from = folder }: Options = {},
  ) => {
    const ran = await host.run([`${from}/${conf['type']}`], {
      input: JSON.stringify({ ...conf, ...(prevResult ? { prevResult } : {}) }),
      env: {
        CNI_COMMAND: command,
        CNI_CONTAINERID: id,
        CNI_NETNS: `/run/netns/${id}`,
        CNI_IFNAME: 'eth0',
        CNI_PATH: folder,
      },
    })
    return ran.stdout === '' ? {} : JSON.parse(ran.stdout)
  }
  const macOf = async (link: string) =>
    JSON.parse(await sh(`ip -j link show dev ${link}`))[0].address as string

  it.each([true, false])(
    'a bridge without ports keeps its MAC, which the result names; isGateway: %s',
    async (isGateway) => {
      await sh('ip link add br0 type bridge; ip link set br0 up')
      const before = await macOf('br0')
      const conf = { ...bridge, isGateway }
      expect((await call('ADD', conf)).interfaces[0]).toEqual({ name: 'br0', mac: before })
      expect(await macOf('br0')).toBe(before)
      expect(await call('DEL', conf)).toEqual({})
      expect(await macOf('br0')).toBe(before)
    },
  )

  it.each([
    ['bridge', { bridge: 'br0', ipam }],
    ['ptp', { ipam }],
  ])('the interface of %s has a link-local address beside IPv4', async (type, keys) => {
    const conf = netOf(type, keys)
    await call('ADD', conf)
    expect(await sh('ip -n c1 -6 addr show dev eth0 scope link')).toContain('fe80:')
    await call('DEL', conf)
  })

  it('a bridge without IPAM has a link-local address', async () => {
    await call('ADD', netOf('bridge', { bridge: 'br0' }))
    expect(await sh('ip -6 addr show dev br0 scope link')).toContain('fe80:')
  })

  it.each([
    ['ptp', { ipMasq: true, ipam }, '10.1.2.2/24'],
    [
      'bridge',
      { name: 'wide', bridge: 'br1', ipMasq: true, ipam: { ...ipam, subnet: '10.1.0.0/16' } },
      '10.1.0.2/16',
    ],
  ])('%s takes a subnet whose former bridge has no port left', async (type, keys, address) => {
    const masquerading = { ...bridge, ipMasq: true }
    await call('ADD', masquerading)
    await call('DEL', masquerading)
    const conf = netOf(type, keys)
    expect(await call('ADD', conf)).toMatchObject({ ips: [{ address }] })
    await call('DEL', conf)
    await sh('ip link del br1 2>/dev/null')
  })

  it('a subnet of a bridge that has a port stays taken', async () => {
    await sh('ip netns add c2')
    await call('ADD', bridge)
    const refused = await call('ADD', netOf('ptp', { ipam }), { id: 'c2' })
    expect(refused).toMatchObject({ msg: expect.stringContaining('10.1.2.0/24') })
    expect(await sh('nft list set inet vethra nets4')).toContain('10.1.2.0/24')
    await call('DEL', bridge)
    await sh('ip netns del c2')
  })

  it.each([
    ['bridge', { bridge: 'br0', isGateway: true, ipam }],
    ['ptp', { ipam }],
  ])('CHECK of %s misses the route to the subnet', async (type, keys) => {
    const conf = netOf(type, keys)
    const made = await call('ADD', conf)
    expect(await call('CHECK', conf, { prevResult: made })).toEqual({})
    await sh('ip -n c1 route flush 10.1.2.0/24')
    expect(await call('CHECK', conf, { prevResult: made })).toMatchObject({ code: 999 })
    await call('DEL', conf, { prevResult: made })
  })

  it("CHECK misses the host's route to the subnet of a bridge", async () => {
    const made = await call('ADD', bridge)
    await sh('ip route flush root 10.1.2.0/24')
    expect(await call('CHECK', bridge, { prevResult: made })).toMatchObject({
      msg: expect.stringContaining('address host br0 10.1.2.1/24'),
    })
    await call('DEL', bridge, { prevResult: made })
  })

  it('CHECK of bridge passes with sbr behind it, which has the routes in a table of its own, until one is missing', async () => {
    const routed = netOf('bridge', {
      ...bridge,
      ipam: { ...ipam, routes: [{ dst: '10.9.0.0/16' }] },
    })
    const made = await call('ADD', routed)
    const ruled = { ...netOf('sbr', {}), name: routed['name'] as string }
    const prevResult = await call('ADD', ruled, { prevResult: made })
    expect(await call('CHECK', routed, { prevResult })).toEqual({})
    expect(await call('CHECK', ruled, { prevResult })).toEqual({})
    for (const lost of ['10.9.0.0/16', '10.1.2.0/24']) {
      await sh(`ip -n c1 route flush table 100 root ${lost}`)
      expect(await call('CHECK', routed, { prevResult })).toMatchObject({
        msg: expect.stringContaining(lost === '10.9.0.0/16' ? `route container eth0 ${lost}` : ''),
      })
    }
    await call('DEL', ruled, { prevResult })
    await call('DEL', routed, { prevResult })
  })

  it('in this process CHECK misses the route of a container to its subnet', async () => {
    const [name, vethraID] = ['lan', 'lan']
    const plugins = [{ type: 'bridge', bridge: 'br0', ipam }]
    const list = JSON.stringify({ cniVersion: '1.0.0', name, vethraID, plugins })
    await sh(`mkdir -p /run/net.d; echo '${list}' >/run/net.d/lan.conflist`)
    const vethra = (command: string) =>
      host.run([
        executable,
        '--cni-netconfpath',
        '/run/net.d',
        'cni',
        command,
        name,
        '/run/netns/c1',
      ])
    expect((await vethra('add')).exitCode).toBe(0)
    expect((await vethra('check')).exitCode).toBe(0)
    await sh('ip -n c1 route flush root 10.1.2.0/24')
    expect(await vethra('check')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('address container eth0'),
    })
    await vethra('del')
  })

  it('CHECK says in the words of host-local that the reservation is lost', async () => {
    const made = await call('ADD', bridge)
    await sh('rm -r /var/lib/cni/networks')
    expect(await call('CHECK', bridge, { prevResult: made })).toMatchObject({
      code: 999,
      msg: expect.stringContaining('host-local: Failed to find address added by container c1'),
    })
    await call('DEL', bridge)
  })

  it('ADD of tuning without the interface leaves nothing', async () => {
    const eth0 = { name: 'eth0', sandbox: '/run/netns/c1' }
    const prevResult = { cniVersion: '1.0.0', interfaces: [eth0], ips: [] }
    expect(await call('ADD', netOf('tuning', { mtu: 1400 }), { prevResult })).toEqual({
      code: 999,
      msg: 'failed to get "eth0": Link not found',
    })
    expect(await sh('ls /run/cni/tuning 2>/dev/null')).toBe('')
  })

  it('CHECK of tuning misses the interface; of bandwidth, the interfaces of the result', async () => {
    const eth0 = { name: 'eth0', sandbox: '/run/netns/c1' }
    const prevResult = { cniVersion: '1.0.0', interfaces: [eth0], ips: [] }
    expect(await call('CHECK', netOf('tuning', {}), { prevResult })).toEqual({
      code: 999,
      msg: 'Cannot find container link eth0',
    })
    const limited = netOf('bandwidth', { ingressRate: 8000, ingressBurst: 8000 })
    expect(
      await call('CHECK', limited, { prevResult: { ...prevResult, interfaces: [] } }),
    ).toMatchObject({
      code: 999,
      msg: 'no interfaces provided',
    })
  })

  it('host-device gives an interface back as it was, without an alias', async () => {
    await sh('ip link add hd0 type veth peer name hd1')
    const lent = netOf('host-device', { device: 'hd0' })
    await call('DEL', lent, { prevResult: await call('ADD', lent) })
    expect(JSON.parse(await sh('ip -j link show dev hd0'))[0]).not.toHaveProperty('ifalias')
    await sh('ip link del hd0')
  })

  it('host-device leaves what the kernel moves nowhere as it is', async () => {
    const lent = netOf('host-device', { device: 'lo' })
    const before = await sh('ip -j link show dev lo')
    expect(await call('ADD', lent)).toMatchObject({ code: 999 })
    expect(await sh('ip -j link show dev lo')).toBe(before)
  })

  it('CHECK of bridge passes where firewall has isolated its port', async () => {
    const made = await call('ADD', bridge)
    const apart = { ...netOf('firewall', { ingressPolicy: 'isolated' }), name: 'net-bridge' }
    const prevResult = await call('ADD', apart, { prevResult: made })
    expect(await call('CHECK', bridge, { prevResult })).toEqual({})
    expect(await call('CHECK', apart, { prevResult })).toEqual({})
    await call('DEL', apart, { prevResult })
    await call('DEL', bridge, { prevResult })
  })

  it("CHECK of portmap finds a Go plugin's chain behind a bridge of ours, and misses it", async () => {
    const runtimeConfig = { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] }
    const ports = { ...netOf('portmap', { runtimeConfig }), name: 'net-bridge' }
    const prevResult = await call('ADD', bridge)
    expect(await call('ADD', ports, { prevResult, from: plugins })).toMatchObject({ ips: [{}] })
    expect(await call('CHECK', ports, { prevResult })).toEqual({})
    await sh('nft delete table ip nat')
    expect(await call('CHECK', ports, { prevResult })).toMatchObject({
      msg: expect.stringContaining('publish tcp'),
    })
    await call('DEL', ports, { prevResult })
    await call('DEL', bridge, { prevResult })
  })

  it.each(['bridge', 'ptp'])(
    'portmap of ours leaves to a Go %s what that one made',
    async (type) => {
      const conf = { ...netOf(type, { ipMasq: true, ipam }), bridge: 'br0' }
      const runtimeConfig = {
        portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
      }
      const ports = { ...netOf('portmap', { runtimeConfig }), name: `net-${type}` }
      const prevResult = await call('ADD', conf, { from: plugins })
      await call('ADD', ports, { prevResult })
      expect(await call('DEL', ports, { prevResult })).toEqual({})
      expect(await call('DEL', conf, { prevResult, from: plugins })).toEqual({})
      expect(await sh('nft list ruleset')).not.toMatch(/8080|10\.1\.2\.2/)
    },
  )

  it('bandwidth limits no interface that does not lead to the container', async () => {
    await sh(`ip link add up0 type veth peer name up1
      ip link add veth0 type veth peer name eth0 netns c1`)
    const eth0 = { name: 'eth0', sandbox: '/run/netns/c1' }
    const limited = netOf('bandwidth', { ingressRate: 8000, ingressBurst: 8000 })
    const behind = (name: string) => ({
      cniVersion: '1.0.0',
      interfaces: [{ name }, eth0],
      ips: [],
    })
    expect(await call('ADD', limited, { prevResult: behind('up0') })).toMatchObject({
      msg: expect.stringContaining('no veth peer of container interface found in host ns'),
    })
    expect(await sh('tc qdisc show dev up0')).not.toContain('tbf')
    expect(await call('ADD', limited, { prevResult: behind('veth0') })).toMatchObject({
      interfaces: [{}, {}],
    })
    await sh('ip link del up0; ip link del veth0')
  })
})
