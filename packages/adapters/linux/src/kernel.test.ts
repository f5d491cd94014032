import { beforeEach, describe, expect, it } from 'vitest'
import { inNamespace, needsRoot } from '../test/in-namespace.ts'
import { hostKernel } from './index.ts'

describe('as root', () => {
  beforeEach((context) => context.skip(needsRoot !== undefined, needsRoot))

  const bridge = `ip link add br0 address 02:00:00:00:00:01 type bridge
    ip addr add 10.9.0.1/24 dev br0
    ip link set br0 up`

  it('tells interfaces with addresses and bridges, and routes with devices', () => {
    const commands = `${bridge}
      ip link add v0 type veth peer name v1
      ip link set v0 master br0
      ip link set v0 alias 'vethra lan c1 eth0'
      ip link set v1 alias 'of others'
      ip route add blackhole 10.8.0.0/16`
    const { links, routes } = inNamespace(commands, 'return await host.hostKernel().network()') as {
      links: readonly { name: string }[]
      routes: readonly unknown[]
    }
    expect(links.find(({ name }) => name === 'br0')).toMatchObject({
      bridge: true,
      up: true,
      addresses: expect.arrayContaining(['10.9.0.1/24']),
    })
    expect(links.find(({ name }) => name === 'v0')).toMatchObject({
      ...{ bridge: false, up: false, master: 'br0' },
      owner: { kind: 'attachment', network: 'lan', containerId: 'c1', ifname: 'eth0' },
    })
    expect(links.find(({ name }) => name === 'v1')).not.toHaveProperty('owner')
    expect(routes).toEqual(
      expect.arrayContaining([
        { prefix: '10.9.0.0/24', device: 'br0' },
        { prefix: '10.8.0.0/16', device: '' },
      ]),
    )
  })

  it('tells who refuses to forward, and rules that iptables does not show', () => {
    const commands = `iptables-nft -P FORWARD DROP
      nft add table inet mine
      nft add chain inet mine fw '{ type filter hook forward priority 0; policy drop; }'
      nft add chain inet mine in '{ type filter hook input priority 0; policy drop; }'
      iptables-legacy -A INPUT -j ACCEPT
      sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=0`
    const program = `
      const { tables, ...facts } = await host.hostKernel().facts()
      return { ...facts, tables: tables.map(({ name, chains }) => [name, ...chains.keys()]) }`
    const facts = inNamespace(commands, program)
    expect(facts).toMatchObject({
      forwards: { 4: true, 6: false },
      tables: [['inet mine', 'fw', 'in']],
      hiddenRules: [
        expect.stringMatching(/iptables-legacy-save shows 1 rules.*-A INPUT -j ACCEPT/),
      ],
    })
  })

  it('restores a bridge that is gone: its MAC, its addresses, and ports of 127.0.0.1', () => {
    const program = `
      const kernel = host.hostKernel()
      const bridge = { name: 'br0', network: 'lan', mac: '02:00:00:00:00:07', addresses: ['10.9.0.1/24'], localPorts: true }
      await kernel.restoreBridge(bridge)
      await kernel.restoreBridge(bridge)
      await kernel.restoreLink({ name: 'v0', bridge: 'br0', mac: '02:00:00:00:00:08', port: { hairpin: true, isolated: true, open: true } })
      const { readFileSync } = await import('node:fs')
      const { execFileSync } = await import('node:child_process')
      return {
        links: (await kernel.network()).links,
        mac: /ether ([0-9a-f:]+)/.exec(execFileSync('ip', ['link', 'show', 'br0']).toString())[1],
        local: readFileSync('/proc/sys/net/ipv4/conf/br0/route_localnet', 'utf8').trim(),
      }`
    const { links, mac, local } = inNamespace('ip link add v0 type veth peer name v1', program) as {
      links: readonly { name: string; addresses: readonly string[] }[]
      mac: string
      local: string
    }
    const restored = links.find(({ name }) => name === 'br0')
    expect(restored).toMatchObject({ bridge: true, up: true })
    expect(restored?.addresses.filter((each) => each.startsWith('10.'))).toEqual(['10.9.0.1/24'])
    expect(links.find(({ name }) => name === 'v0')).toMatchObject({
      ...{ up: true, master: 'br0', mac: '02:00:00:00:00:08' },
      port: { hairpin: true, isolated: true, open: true },
    })
    expect([mac, local]).toEqual(['02:00:00:00:00:07', '1'])
  })

  it('brings up a bridge that lost its address, and leaves the others that it has', () => {
    const commands = `${bridge}
      ip addr add 10.7.0.1/24 dev br0
      ip addr del 10.9.0.1/24 dev br0
      ip link set br0 down`
    const program = `
      const kernel = host.hostKernel()
      await kernel.restoreBridge({ name: 'br0', network: 'lan', addresses: ['10.9.0.1/24'], localPorts: false })
      return (await kernel.network()).links.find(({ name }) => name === 'br0')`
    expect(inNamespace(commands, program)).toMatchObject({
      up: true,
      addresses: expect.arrayContaining(['10.7.0.1/24', '10.9.0.1/24']),
    })
  })

  it('takes its own address with another prefix from a bridge', () => {
    const commands = `${bridge}
      ip addr del 10.9.0.1/24 dev br0
      ip addr add 10.9.0.1/16 dev br0`
    const program = `
      const kernel = host.hostKernel()
      await kernel.restoreBridge({ name: 'br0', network: 'lan', addresses: ['10.9.0.1/24'], localPorts: false })
      return (await kernel.network()).links.find(({ name }) => name === 'br0').addresses.filter((each) => each.startsWith('10.'))`
    expect(inNamespace(commands, program)).toEqual(['10.9.0.1/24'])
  })

  it('gives a bridge its IPv6 address back where IPv6 was switched off on it', () => {
    const commands = `${bridge}
      echo 1 >/proc/sys/net/ipv6/conf/br0/disable_ipv6`
    const program = `
      const kernel = host.hostKernel()
      await kernel.restoreBridge({ name: 'br0', network: 'lan', addresses: ['fd00:9::1/64'], localPorts: false })
      return (await kernel.network()).links.find(({ name }) => name === 'br0')`
    expect(inNamespace(commands, program)).toMatchObject({
      addresses: expect.arrayContaining(['fd00:9::1/64']),
    })
  })

  it('does not take another interface for a bridge', () => {
    const program = `return host.hostKernel()
      .restoreBridge({ name: 'lo', network: 'lan', addresses: [], localPorts: false })
      .catch(({ code, message }) => [code, message])`
    expect(inNamespace('', program)).toEqual([102, 'lo is not a bridge'])
  })
})

it('a path that is missing is on the file system of what is above it', async () => {
  const kernel = hostKernel()
  expect(await kernel.fileSystem('/proc/there/is/nothing')).toBe('9fa0')
  expect(await kernel.access('/')).toMatchObject({ isOwn: true })
  expect(await kernel.access('/nowhere')).toBeUndefined()
  expect(await kernel.fileSystem('/nowhere')).toBe(await kernel.fileSystem('/'))
})
