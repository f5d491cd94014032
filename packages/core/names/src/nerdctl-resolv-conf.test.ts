import { expect, it } from 'vitest'
import { reachableNameservers } from './host-nameservers.ts'
import {
  type ContainerDnsInput,
  containerResolvConf,
  parseResolvConf,
  renderResolvConf,
  values,
} from './index.ts'

// What nerdctl's own tests assert, by the numbers that the cases have in the collected facts. Case 44
// and half of case 41 are faults of nerdctl's: docs/deviations.md.

const none: ContainerDnsInput = { mode: 'cni', host: '', cli: {}, settings: {}, ipv6: false }
const rendered = (input: Partial<ContainerDnsInput>) =>
  renderResolvConf(containerResolvConf({ ...none, ...input }).conf)

it.each([
  [
    31,
    'nameserver 10.16.60.14\nnameserver ::1\nnameserver 127.0.2.1\nnameserver 10.16.60.21\n',
    false,
    'nameserver 10.16.60.14\nnameserver 10.16.60.21\n',
  ],
  [
    32,
    'nameserver 10.16.60.14\nnameserver 2002:dead:beef::1\nnameserver FE80::BB1%eth0\n',
    false,
    'nameserver 10.16.60.14\n',
  ],
  [
    32,
    'nameserver 10.16.60.14\nnameserver 2002:dead:beef::1\nnameserver FE80::BB1%eth0\n',
    true,
    'nameserver 10.16.60.14\nnameserver 2002:dead:beef::1\nnameserver FE80::BB1%eth0\n',
  ],
  [34, 'nameserver 127.0.0.1\nnameserver ::1\n', false, 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n'],
  [34, '', false, 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n'],
  [41, 'nameserver 2001:db8::53\n', false, 'nameserver 2001:db8::53\n'],
  [44, ' nameserver 127.0.0.53', false, 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n'],
])('case %i: of %j, IPv6 %j, comes %j', (_, host, ipv6, expected) => {
  expect(rendered({ host, ipv6 })).toBe(expected)
})

it('case 35: where loopback addresses answer and IPv6 does not, these stay', () => {
  const text = ['127.0.0.53', '192.88.99.1', '::1', '2001:db8::1']
  const { nameservers } = parseResolvConf(text.map((each) => `nameserver ${each}\n`).join(''))
  const reached = reachableNameservers(nameservers, { local: true, ipv6: false })
  expect(values(reached)).toEqual(['127.0.0.53', '192.88.99.1'])
})

it('case 37: of two lines for search or options the last one counts', () => {
  const { search, options } = parseResolvConf(
    'search a.example b.example\nsearch c.example\noptions ndots:1\noptions timeout:2\n',
  )
  expect([values(search), values(options)]).toEqual([['c.example'], ['timeout:2']])
})

it('case 38: search "." gives no line', () => {
  const cli = { servers: ['1.1.1.1', '1.1.1.2', '1.1.1.3'], search: ['.'], options: ['opt1'] }
  expect(rendered({ cli })).toBe(
    'nameserver 1.1.1.1\nnameserver 1.1.1.2\nnameserver 1.1.1.3\noptions opt1\n',
  )
})

it.each(['cni', 'host', 'none'] as const)(
  'case 40: in mode %s the settings hold, and with flags these alone',
  (mode) => {
    const settings = {
      servers: ['10.10.10.10', '20.20.20.20'],
      search: ['set.example'],
      options: ['ndots:2'],
    }
    const cli = { servers: ['1.1.1.1'], search: ['flag.example'], options: ['ndots:3'] }
    expect(rendered({ mode, settings })).toBe(
      'search set.example\nnameserver 10.10.10.10\nnameserver 20.20.20.20\noptions ndots:2\n',
    )
    expect(rendered({ mode, settings, cli })).toBe(
      'search flag.example\nnameserver 1.1.1.1\noptions ndots:3\n',
    )
  },
)

it.each([
  ['[::1]', '[::1]'],
  ['127', '127'],
  [' ', ''],
])('case 43: --dns %j is refused', (server, quoted) => {
  expect(() => rendered({ cli: { servers: [server] } })).toThrow(
    `ip address is not correctly formatted: "${quoted}"`,
  )
})
