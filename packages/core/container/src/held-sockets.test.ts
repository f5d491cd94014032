import { expect, it } from 'vitest'
import { formatSocket, heldSockets, readSocket } from './held-sockets.ts'
import type { PortMapping } from './port-mapping.ts'

const mapping = (hostIP: string, hostPort: number, protocol: PortMapping['protocol'] = 'tcp') => ({
  hostIP,
  hostPort,
  containerPort: 80,
  protocol,
})

it.each<[string, readonly PortMapping[], readonly string[]]>([
  ['every IPv4 address', [mapping('0.0.0.0', 80)], ['0.0.0.0:80/tcp']],
  ['every IPv6 address', [mapping('::', 80)], ['[::]:80/tcp']],
  ['one address', [mapping('127.0.0.1', 53, 'udp')], ['127.0.0.1:53/udp']],
  ['an address of another spelling', [mapping('0:0::1', 53, 'sctp')], ['[::1]:53/sctp']],
  ['no address: both families', [mapping('', 80)], ['0.0.0.0:80/tcp', '[::]:80/tcp']],
  [
    'one address beside every address',
    [mapping('127.0.0.1', 80), mapping('0.0.0.0', 80)],
    ['0.0.0.0:80/tcp'],
  ],
  [
    'one address beside every address of another protocol, family and port',
    [mapping('127.0.0.1', 80), mapping('0.0.0.0', 80, 'udp'), mapping('::', 80), mapping('', 81)],
    ['127.0.0.1:80/tcp', '0.0.0.0:80/udp', '[::]:80/tcp', '0.0.0.0:81/tcp', '[::]:81/tcp'],
  ],
  ['the same twice', [mapping('127.0.0.1', 80), mapping('127.0.0.1', 80)], ['127.0.0.1:80/tcp']],
])('a mapping of %s is held by sockets', (_, mappings, texts) => {
  expect(heldSockets(mappings).map(formatSocket)).toEqual(texts)
})

it('only the IPv6 half of a mapping without an address may be missing', () => {
  const optional = heldSockets([mapping('', 80), mapping('::', 81)]).filter((each) => each.optional)
  expect(optional.map(formatSocket)).toEqual(['[::]:80/tcp'])
})

it.each([
  [mapping('', 80), mapping('::', 80)],
  [mapping('::', 80), mapping('', 80)],
])('a socket that %o or %o cannot do without is needed', (...mappings) => {
  const [found] = heldSockets(mappings).filter((each) => each.address.family === 6)
  expect(found?.optional).toBe(false)
})

it('a text gives back its socket, and other texts none', () => {
  for (const text of ['0.0.0.0:80/tcp', '[fd00::1]:65535/udp', '192.0.2.1:1/sctp']) {
    const socket = readSocket(text)
    expect(socket && formatSocket(socket)).toBe(text)
  }
  for (const text of ['', '80/tcp', '0.0.0.0:80', '0.0.0.0:80/icmp', 'a:80/tcp', '[::]:x/tcp']) {
    expect(readSocket(text)).toBeUndefined()
  }
})
