import { describe, expect, it } from 'vitest'
import { sampleRequest } from '../test/sample-bundle.ts'
import { type BundleRequest, checkRequest } from './index.ts'

function networks(...refs: readonly string[]) {
  return refs.map((ref) => ({ ref, aliases: [] }))
}

const port = { hostPort: 80, containerPort: 80, protocol: 'tcp', hostIP: '0.0.0.0' } as const

describe('checkRequest', () => {
  it.each<Partial<BundleRequest>>([
    {},
    { name: 'my_app.1', hostname: 'web', domainname: 'example.org', aliases: ['db'] },
    { networks: networks('lan', 'wan'), ip: '10.0.0.2', ip6: 'fd00::2' },
    {
      extraHosts: [
        ['gate', 'fd00::1'],
        ['gate', '10.0.0.1'],
      ],
    },
    { dns: { servers: ['10.0.0.2'], search: ['.'], options: ['ndots:2'] } },
    { dns: { search: ['corp.example.'] } },
    { networks: networks('container:web'), utsHost: true, dns: { options: ['ndots:2'] } },
  ])('takes %j', (parts) => {
    expect(() => checkRequest(sampleRequest(parts))).not.toThrow()
  })

  it.each<[Partial<BundleRequest>, number, string | RegExp]>([
    [{ id: '' }, 3, 'missing containerID'],
    [{ id: '../x' }, 4, 'invalid characters in containerID'],
    [{ id: 'a'.repeat(256) }, 107, /longer than 255 octets/],
    [{ id: 'a'.repeat(240) }, 107, /has 248 octets/],
    [{ namespace: '..' }, 107, /it names a folder/],
    [{ namespace: 'a b' }, 4, 'invalid characters in containerID'],
    [{ namespace: 'a--b' }, 107, /invalid namespace/],
    [{ namespace: 'a-' }, 107, /invalid namespace/],
    [{ name: 'a b' }, 103, 'invalid name "a b"'],
    [{ name: 'a/../b' }, 103, 'invalid name "a/../b"'],
    [{ name: 'a'.repeat(254) }, 103, /^invalid name "a{64}"$/],
    [{ hostname: `${'a'.repeat(60)}.abcd` }, 103, /65 characters/],
    [{ domainname: `${'a'.repeat(60)}.abcd` }, 103, /65 characters/],
    [{ networks: networks('../x') }, 103, 'invalid network "../x"'],
    [{ ip: '10.0.0' }, 103, 'invalid --ip "10.0.0"'],
    [{ ip6: '[fd00::1]' }, 103, 'invalid --ip6 "[fd00::1]"'],
    [{ macAddress: 'x' }, 103, 'invalid --mac-address "x"'],
    [
      { extraHosts: [['a', '1.2.3.4\n5.6.7.8 evil']] },
      103,
      'invalid IP address in add-host: "a:1.2.3.4\\n5.6.7.8 evil"',
    ],
    [
      { dns: { servers: ['127'] } },
      103,
      'ip address is not correctly formatted: "127" with --dns flag',
    ],
    [{ dns: { options: ['a b'] } }, 103, 'invalid DNS option: "a b" with --dns-option flag'],
    [
      { utsHost: true, hostname: 'x' },
      103,
      'conflicting options: cannot set --hostname and/or --domainname with --uts=host',
    ],
    [
      { networks: networks('container:x'), hostname: 'x', ports: [port], dns: { servers: [] } },
      103,
      'conflicting options: the following arguments are not supported when using `--network=container:<container>`: [--hostname -p/--publish --dns]',
    ],
    [
      { networks: [{ ref: 'lan', ip: '10.0.0.2', aliases: [] }], ip: '10.0.0.3' },
      103,
      'conflicting options: --ip 10.0.0.3 and 10.0.0.2 for the first network',
    ],
    [
      { networks: [...networks('lan'), { ref: 'lan', ip: '10.0.0.2', aliases: [] }] },
      103,
      'conflicting options: network lan is given twice with different settings',
    ],
  ])('refuses %j', (parts, code, text) => {
    const message = typeof text === 'string' ? text : expect.stringMatching(text)
    expect(() => checkRequest(sampleRequest(parts))).toThrow(
      expect.objectContaining({ code, message }),
    )
  })

  it.each<Partial<BundleRequest>>([
    { hostname: 'a\n127.0.0.1 bank' },
    { domainname: 'a b' },
    { aliases: ['a b'] },
    { extraHosts: [['a b', '10.0.0.1']] },
    { dns: { search: ['a\nnameserver 6.6.6.6'] } },
    { dns: { search: ['..'] } },
  ])('lets no text through that could forge a line: %j', (parts) => {
    expect(() => checkRequest(sampleRequest(parts))).toThrow(
      expect.objectContaining({ name: 'CniError' }),
    )
  })
})

it('more ports than a container can have are refused by their number', () => {
  const ports = Array.from({ length: 32_769 }, () => port)
  expect(() => checkRequest(sampleRequest({ ports: ports.slice(1) }))).not.toThrow()
  const message = expect.stringContaining('32769 ports')
  expect(() => checkRequest(sampleRequest({ ports }))).toThrow(
    expect.objectContaining({ code: 103, message }),
  )
})
