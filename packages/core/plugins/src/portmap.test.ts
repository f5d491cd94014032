import type { JsonObject, Result } from '@vethra/cni'
import { keyOf } from '@vethra/state'
import { expect, it } from 'vitest'
import { planStage } from './index.ts'

const previous: Result = {
  cniVersion: '1.0.0',
  interfaces: [{ name: 'veth1' }, { name: 'eth0', sandbox: '/run/netns/web' }],
  ips: [
    { address: '10.4.0.2/24', interface: 1 },
    { address: 'fd00:4::2/64', interface: 1 },
  ],
  routes: [],
  dns: {},
}

/** The ports and what goes with them, as planned for two ports of one container. */
function portsOf(conf: JsonObject, ...portMappings: readonly JsonObject[]): readonly string[] {
  const request = {
    network: 'lan',
    cniVersion: '1.0.0',
    conf: { type: 'portmap', ...conf, runtimeConfig: { portMappings } },
    attachment: {
      ...{ containerId: 'web', netns: '/run/netns/web', ifname: 'eth0' },
      ...{ cniArgs: [], capabilityArgs: {} },
    },
    called: true,
  }
  const { resources } = planStage([request], { facts: { links: {} }, granted: [], previous })
  return resources.map(({ resource }) => keyOf(resource)).filter((key) => key.startsWith('publish'))
}

const web = { hostPort: 8080, containerPort: 80, protocol: 'tcp' }

it.each<[JsonObject, readonly JsonObject[], readonly string[]]>([
  [{ masqAll: true }, [web, { ...web, hostPort: 81 }], ['10.4.0.2', 'fd00:4::2']],
  [{ masqAll: true, snat: true }, [{ ...web, hostIP: '192.0.2.1' }], ['10.4.0.2']],
  [{ masqAll: true, snat: false }, [web], []],
  [{ masqAll: false }, [web], []],
  [{ masqAll: true }, [], []],
])('with %j the ports %j see the host at %j', (conf, mappings, addresses) => {
  const seen = portsOf(conf, ...mappings).filter((key) => key.startsWith('published'))
  expect(seen).toEqual(addresses.map((each) => `published masquerade ${each}`))
})

// Each port as `PROTOCOL HOST-ADDRESSES HOST-PORT CLIENTS INTERFACE`.
it.each<[JsonObject, readonly string[]]>([
  [{ conditionsV4: [] }, ['tcp 0.0.0.0 8080', 'tcp :: 8080']],
  [{ conditionsV6: ['!', '-d', '::1'] }, ['tcp 0.0.0.0 8080', 'tcp :: 8080']],
  [
    { conditionsV4: ['!', '-d', '192.0.2.0/24'] },
    [
      'tcp 0.0.0.0-192.0.1.255 8080 0.0.0.0/0 *',
      'tcp 192.0.3.0-255.255.255.255 8080 0.0.0.0/0 *',
      'tcp :: 8080',
    ],
  ],
  [
    { conditionsV4: ['-s', '10.0.0.5/8', '-i', 'eth0'] },
    ['tcp 0.0.0.0/0 8080 10.0.0.0/8 eth0', 'tcp :: 8080'],
  ],
  [
    { conditionsV4: ['--source', '10.0.0.1,10.0.0.9', '!', '--in-interface', 'eth+'] },
    ['tcp 0.0.0.0/0 8080 10.0.0.1 !eth*', 'tcp 0.0.0.0/0 8080 10.0.0.9 !eth*', 'tcp :: 8080'],
  ],
  [
    { conditionsV6: ['--dst', 'fd00::/8', '--in-interface', 'br-9'], backend: 'iptables' },
    ['tcp 0.0.0.0 8080', 'tcp fd00::/8 8080 ::/0 br-9'],
  ],
  [
    { conditionsV4: ['ip', 'daddr', '!=', '0.0.0.0/1'], conditionsV6: ['ip6 saddr fd00::1'] },
    ['tcp 128.0.0.0/1 8080 0.0.0.0/0 *', 'tcp ::/0 8080 fd00::1 *'],
  ],
  [
    { conditionsV4: ['iifname != "lo" ip saddr 10.0.0.0/8 ip saddr != 10.0.0.0/9'] },
    ['tcp 0.0.0.0/0 8080 10.128.0.0/9 !lo', 'tcp :: 8080'],
  ],
])('with %j the port is for %j', (conf, ports) => {
  const found = portsOf(conf, web)
  expect(found.map((key) => key.replace(/^publish /, ''))).toEqual(ports)
})

const prefixes = (most: number) =>
  Array.from({ length: most }, (_, at) => `10.${at >> 7}.${(at & 127) * 2}.0/24`)

it.each<[string, readonly string[], string]>([
  ['1,025 sources', ['-s', prefixes(1025).join(',')], 'invalid conditionsV4 "10.0.0.0/24,'],
  [
    'all but 1,025 destinations',
    prefixes(1025).flatMap((each) => ['!', '-d', each]),
    'more than 1024 ranges of addresses',
  ],
  [
    '1,000 sources and 33 destinations',
    ['-s', prefixes(1000).join(','), '-d', prefixes(33).join(',')],
    'invalid conditionsV4: 33000 ranges for 1 ports, more than 32768',
  ],
])('refuses %s', (_, conditionsV4, message) => {
  expect(() => portsOf({ conditionsV4 }, web)).toThrow(message)
})

it('as many ranges as there may be ports are taken', () => {
  const conf = { conditionsV4: ['-s', prefixes(1024).join(','), '-d', prefixes(32).join(',')] }
  expect(portsOf(conf, web)).toHaveLength(32_769)
})

it('a hostIP is one more condition, and a port for none is not published', () => {
  const to = (hostIP: string) =>
    portsOf({ conditionsV4: ['-d', '192.0.2.0/24'] }, { ...web, hostIP })
  expect(to('192.0.2.7')).toEqual(['publish tcp 192.0.2.7 8080 0.0.0.0/0 *'])
  expect(to('198.51.100.7')).toEqual([])
  expect(to('0.0.0.0')).toEqual(['publish tcp 192.0.2.0/24 8080 0.0.0.0/0 *'])
})

it.each<[JsonObject, string]>([
  [{ conditionsV4: ['-m', 'set'] }, 'invalid conditionsV4 "-m"'],
  [{ conditionsV4: ['-s'] }, 'invalid conditionsV4 "-s"'],
  [{ conditionsV4: ['!', '10.0.0.0/8'] }, 'invalid conditionsV4 "10.0.0.0/8"'],
  [{ conditionsV4: ['-s', '10.0.0.0/33'] }, 'invalid conditionsV4 "10.0.0.0/33"'],
  [{ conditionsV4: ['-s', 'fd00::1'] }, 'invalid conditionsV4 "fd00::1"'],
  [{ conditionsV6: ['-i', 'a/b'] }, 'invalid conditionsV6 "a/b"'],
  [{ conditionsV6: ['-i', '+'] }, 'invalid conditionsV6 "+"'],
  [{ conditionsV6: ['-i', 'a', '-i', 'b'] }, 'it may name one interface'],
  [{ conditionsV4: [7] }, 'invalid conditionsV4 7'],
  [{ conditionsV4: ['ip6', 'saddr', 'fd00::1'] }, 'invalid conditionsV4 "ip6"'],
  [{ conditionsV4: ['ip', 'ttl', '7'] }, 'invalid conditionsV4 "ttl"'],
  [{ conditionsV4: ['ip', 'saddr', '!='] }, 'invalid conditionsV4 "saddr"'],
  [
    { backend: 'iptables', conditionsV4: ['ip', 'x'], conditionsV6: ['ip6', 'x'] },
    'iptables backend was requested but configuration contains nftables-specific options [conditionsV4 conditionsV6]',
  ],
  [
    { backend: 'nftables', externalSetMarkChain: 'X', conditionsV6: ['-s', 'fd00::1'] },
    'nftables backend was requested but configuration contains iptables-specific options [externalSetMarkChain conditionsV6]',
  ],
])('refuses %j', (conf, message) => {
  expect(() => portsOf(conf, web)).toThrow(message)
})
