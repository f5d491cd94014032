import { expect, it } from 'vitest'
import type { NamespaceNames } from './dns-names.ts'
import { type Borrower, lendingFault } from './lending-fault.ts'

const borrower: Borrower = {
  network: {
    file: '/n/closed.conflist',
    name: 'closed',
    bridge: 'br-c',
    addresses: ['10.4.0.1', 'fd04::1'],
    lent: ['10.4.0.1/24', 'fd04::1/64'],
  },
  has: [],
  isOurs: false,
}

// A namespace with the network, another one, and a container at an address of it.
function names(address: string, bridge = 'br-o'): NamespaceNames {
  const network = (name: string, own: string) => ({
    ...{ name, file: `/n/${name}.conflist` },
    list: { plugins: [{ type: 'bridge', text: JSON.stringify({ bridge: own }) }] },
  })
  const container = { id: 'web', networks: { closed: { addresses: [address], aliases: [] } } }
  return {
    networks: [network('closed', 'br-c'), network('other', bridge)],
    zone: { containers: new Map([['web', container]]) },
  } as unknown as NamespaceNames
}

const used = (prefix: string, at: string) => ({ source: 'address', prefix, interface: at }) as const
const given = ['10.4.0.1/24', 'fd04::1/64']

it.each<[string, string | undefined, Partial<Borrower>, Parameters<typeof names>, string?]>([
  ['nothing in the way', undefined, {}, ['10.4.0.2']],
  ['its own addresses, of a resolver', undefined, { has: given, isOurs: true }, ['10.4.0.2']],
  ['its own addresses, of others', '10.4.0.1/24', { has: given }, ['10.4.0.2']],
  ['another address', '10.4.0.9/24', { has: ['10.4.0.9/24'], isOurs: true }, ['10.4.0.2']],
  ['a container at its address', 'container web', {}, ['10.4.0.1/24']],
  ['a container at its IPv6 address', 'container web', {}, ['fd04::1']],
  ['another network on its bridge', 'network other', {}, ['10.4.0.2', 'br-c']],
  ['an address of the host in its subnet', 'eth0', {}, ['10.4.0.2'], '10.4.0.77/24 eth0'],
  ['a longer route', 'tun0', {}, ['10.4.0.2'], '10.4.0.128/25 tun0'],
  ['a shorter route', undefined, {}, ['10.4.0.2'], '10.0.0.0/8 tun0'],
  ['its own route', undefined, {}, ['10.4.0.2'], '10.4.0.0/24 br-c'],
])('%s', (_, why, change, [address, bridge], host = '192.0.2.1/24 eth0') => {
  const [prefix = '', device = ''] = host.split(' ')
  const all = [names(address, bridge)]
  const found = lendingFault({ ...borrower, ...change }, all, [used(prefix, device)])
  if (why === undefined) expect(found).toBeUndefined()
  else expect(found?.message).toContain(why)
})
