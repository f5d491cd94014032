import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

describeOnHost('plugins in this process, with odd confs', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost({ plugins: 'native' })
    await host.run(['ip', 'netns', 'add', 'web'])
  })

  afterEach(async () => {
    await host.close()
  })

  const write = async (bridge: object, ...chained: readonly object[]) => {
    const ipam = { type: 'host-local', ranges: [[{ subnet: '10.4.0.0/24' }]] }
    const plugins = [{ type: 'bridge', bridge: 'br-odd', ipam, ...bridge }, ...chained]
    const file = join(host.folder, 'odd.conflist')
    await writeFile(
      file,
      JSON.stringify({ cniVersion: '1.0.0', name: 'odd', nerdctlID: '0', plugins }),
    )
    await host.run(['mkdir', '-p', '/etc/cni/net.d'])
    await host.run(['cp', file, '/etc/cni/net.d/odd.conflist'])
  }
  const elements = async () =>
    (await host.snapshot()).rules.filter((rule) => rule.includes('vethra odd'))
  const cni = (operation: string, mappings: readonly object[] = []) =>
    host.run([executable, 'cni', operation, 'odd', '/run/netns/web'], {
      env: mappings.length === 0 ? {} : { CAP_ARGS: JSON.stringify({ portMappings: mappings }) },
    })
  const remembered = async () =>
    (await host.snapshot()).files.filter((file) =>
      /\/(attachments|results|networks\/odd)\/[^.l]/.test(file),
    )

  it('an MTU below 1280, with which the kernel has no IPv6, is given and checked', async () => {
    await write({ isGateway: true, mtu: 68 })
    expect(await cni('add')).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await host.run(['ip', '-n', 'web', 'link', 'show', 'eth0'])).stdout).toMatch(/mtu 68 /)
    expect(await cni('check')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await remembered()).toEqual([])
  })

  it('a conf that is refused leaves nothing to be undone, and attaches once it is corrected', async () => {
    await write({ mtu: 60 })
    const refused = await cni('add')
    expect(refused.stderr).toMatch(/\(CNI code 7\)/)
    expect(refused.stderr).not.toMatch(/delete/)
    expect(await remembered()).toEqual([])
    expect(await cni('del')).toMatchObject({ exitCode: 0, stderr: '' })
    await write({})
    expect(await cni('add')).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('a bridge gets the address of the gateway in place of another of its subnet where that is forced', async () => {
    await host.run([
      'sh',
      '-c',
      'ip link add br-odd type bridge; ip addr add 10.4.0.9/24 dev br-odd',
    ])
    const addresses = async () => {
      const { stdout } = await host.run(['ip', '-j', '-4', 'addr', 'show', 'br-odd'])
      return JSON.parse(stdout)[0].addr_info.map(({ local }: { local: string }) => local)
    }
    await write({ isGateway: true, forceAddress: true })
    expect(await cni('add')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await addresses()).toEqual(['10.4.0.1'])
    expect(await cni('check')).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('a bridge of another, whose MAC follows its ports, is as ADD left it, with IPv6 as well', async () => {
    await host.run(['ip', 'link', 'add', 'br-odd', 'type', 'bridge'])
    const ranges = [[{ subnet: '10.4.0.0/24' }], [{ subnet: 'fd00:4::/64' }]]
    await write({ isGateway: true, ipam: { type: 'host-local', ranges } })
    expect(await cni('add')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni('check')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni('del')).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('a bridge of another keeps its MAC as containers come and go, by which its neighbours know it', async () => {
    const mac = async () =>
      JSON.parse((await host.run(['ip', '-j', 'link', 'show', 'br-odd'])).stdout)[0].address
    const names = Array.from({ length: 6 }, (_, at) => `beside${at}`)
    for (const name of names) await host.run(['ip', 'netns', 'add', name])
    const all = async (operation: string) => {
      for (const name of names)
        expect(await host.vethra('cni', operation, 'odd', `/run/netns/${name}`)).toMatchObject({
          exitCode: 0,
        })
    }
    await write({ isGateway: true })
    const lan = 'ip link add lan0 address 52:54:00:12:34:56 type veth peer name lan1'
    for (const ports of ['true', `${lan}; ip link set lan0 master br-odd`]) {
      await host.run(['sh', '-ec', `ip link add br-odd type bridge; ${ports}`])
      await cni('add')
      const before = await mac()
      await all('add')
      expect(await mac()).toBe(before)
      await all('del')
      expect(await mac()).toBe(before)
      if (ports !== 'true') expect(before).toBe('52:54:00:12:34:56')
      await cni('del')
      await host.run(['ip', 'link', 'del', 'br-odd'])
    }
  })

  it('a bridge of another leads to no loopback once the network that guarded it is gone', async () => {
    const leads = async () =>
      (await host.run(['sysctl', '-n', 'net.ipv4.conf.br-odd.route_localnet'])).stdout
    await host.run(['ip', 'link', 'add', 'br-odd', 'type', 'bridge'])
    const portmap = { type: 'portmap', capabilities: { portMappings: true } }
    const mappings = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }]
    await write({ isGateway: true }, portmap)
    expect(await cni('add', mappings)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await leads()).toBe('1')
    expect(await cni('del', mappings)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await host.vethra('network', 'rm', 'odd')).toMatchObject({ exitCode: 0 })
    expect(await elements()).toEqual([])
    expect(await leads()).toBe('0')
  })

  it('a host that a router advertised its route to keeps it when it begins to forward IPv6, and hears the next', async () => {
    const route = async () => (await host.run(['ip', '-6', 'route', 'show', 'default'])).stdout
    const dnsmasq =
      'dnsmasq --port=0 --keep-in-foreground --conf-file=/dev/null --user=root --dhcp-leasefile=/run/leases'
    await host.run([
      'sh',
      '-ec',
      `ip netns add router; ip link add up0 type veth peer name eth0 netns router; ip link set up0 up
       ip -n router addr add 2001:db8:9::2/64 dev eth0 nodad; ip -n router link set eth0 up
       ip netns exec router ${dnsmasq} --enable-ra --dhcp-range=2001:db8:9::,ra-only >/dev/null 2>&1 </dev/null &
       echo $! >/run/router`,
    ])
    try {
      await expect.poll(route, { timeout: 20_000 }).toMatch(/dev up0/)
      const before = (await route()).replace(/ expires .*/, '')
      await write({ isGateway: true, ipam: { type: 'host-local', subnet: 'fd00:4::/64' } })
      expect(await cni('add')).toMatchObject({ exitCode: 0, stderr: '' })
      expect(await route()).toContain(before)
      const hearing = ['up0', 'default', 'br-odd'].map((name) => `net.ipv6.conf.${name}.accept_ra`)
      expect((await host.run(['sysctl', '-n', ...hearing])).stdout).toBe('2\n1\n0')
    } finally {
      await host.run(['sh', '-c', 'kill "$(cat /run/router)"'])
    }
  })

  it("a sysctl that the administrator's list for tuning does not name is refused, and nothing is left", async () => {
    const allow =
      'mkdir -p /etc/cni/tuning; echo "^net.core.somaxconn$" >/etc/cni/tuning/allowlist.conf'
    await host.run(['sh', '-c', allow])
    const tuning = (key: string) => ({ type: 'tuning', sysctl: { [key]: '1000' } })
    await write({}, tuning('net.ipv4.tcp_keepalive_time'))
    expect((await cni('add')).stderr).toMatch(
      /Sysctl net.ipv4.tcp_keepalive_time is not allowed. .*\[\^net.core.somaxconn\$\]/,
    )
    expect(await remembered()).toEqual([])
    await write({}, tuning('net.core.somaxconn'))
    expect(await cni('add')).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('a refused port mapping leaves nothing, and one of an IPv4-mapped address is one of IPv4', async () => {
    await write({}, { type: 'portmap', capabilities: { portMappings: true } })
    const mapping = { hostPort: 8080, containerPort: 80, protocol: 'tcp' }
    expect((await cni('add', [{ ...mapping, hostPort: 0 }])).stderr).toMatch(/\(CNI code 7\)/)
    expect(await remembered()).toEqual([])
    const hostIP = '::ffff:192.0.2.1'
    expect(await cni('add', [{ ...mapping, hostIP }])).toMatchObject({ exitCode: 0, stderr: '' })
    const { stdout } = await host.run(['nft', 'list', 'map', 'inet', 'vethra', 'a4'])
    expect(stdout).toMatch(/192\.0\.2\.1 \. tcp \. 8080/)
  })

  it('a network takes its elements with it, and the bridge that bears its mark, whatever its name', async () => {
    await write({ isGateway: true, ipMasq: true })
    await cni('add')
    await cni('del')
    expect(await elements()).not.toEqual([])
    expect(await host.vethra('network', 'rm', 'odd')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await elements()).toEqual([])
    expect((await host.run(['ip', 'link', 'show', 'br-odd'])).exitCode).toBe(1)
  })
})
