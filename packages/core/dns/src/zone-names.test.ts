import { expect, it } from 'vitest'
import { answersOf, ask } from '../test/ask.ts'
import { container, lanZone } from '../test/lan.ts'

const web = container('1', 'web', {
  hostname: 'frontend',
  networks: {
    lan: { addresses: ['10.4.0.2/24', 'fd00:4::2/64'], aliases: ['www'] },
    dev: { addresses: ['10.5.0.2'], aliases: ['stage'] },
  },
  extraHosts: [
    ['gw', '192.0.2.1'],
    ['gw', '192.0.2.2'],
    ['db', '192.0.2.9'],
  ],
})
const db = container('2', 'db', { networks: { lan: { addresses: ['10.4.0.3'], aliases: [] } } })
const other = container('3', 'other', {
  networks: { dev: { addresses: ['10.5.0.3'], aliases: ['www'] } },
})
const safe = container('4', 'safe', {
  networks: { vault: { addresses: ['10.6.0.5'], aliases: [] } },
})
const zone = lanZone([web, db, other, safe])

it.each<[from: string, name: string, expected: readonly string[] | string]>([
  // db: in lan
  ['10.4.0.3', 'web', ['10.4.0.2']],
  ['10.4.0.3', 'WeB', ['10.4.0.2']],
  ['10.4.0.3', 'web.lan', ['10.4.0.2']],
  ['10.4.0.3', '1'.repeat(12), ['10.4.0.2']],
  ['10.4.0.3', `${'1'.repeat(12)}.lan`, ['10.4.0.2']],
  ['10.4.0.3', 'frontend', ['10.4.0.2']],
  ['10.4.0.3', 'www', ['10.4.0.2']],
  ['10.4.0.3', 'stage', 'NXDOMAIN'],
  ['10.4.0.3', 'web.dev', 'upstream'],
  ['10.4.0.3', 'gw', 'NXDOMAIN'],
  ['10.4.0.3', 'db', ['10.4.0.3']],
  ['10.4.0.3', 'other', 'NXDOMAIN'],
  ['10.4.0.3', 'safe', 'NXDOMAIN'],
  ['10.4.0.3', 'nothing', 'NXDOMAIN'],
  ['10.4.0.3', 'google.dev', 'upstream'],
  ['10.4.0.3', 'nothing.lan', 'upstream'],
  ['10.4.0.3', 'a.web', 'upstream'],
  ['10.4.0.3', 'web.vethra', ['10.4.0.2']],
  ['10.4.0.3', 'web.lan.vethra', ['10.4.0.2']],
  ['10.4.0.3', 'nothing.vethra', 'NXDOMAIN'],
  ['10.4.0.3', 'localhost', ['127.0.0.1']],
  ['10.4.0.3', 'www.localhost', ['127.0.0.1']],
  ['10.4.0.3', 'x.invalid', 'NXDOMAIN'],
  ['10.4.0.3', 'x.onion', 'NXDOMAIN'],
  ['10.4.0.3', '.', 'upstream'],
  // web: in lan and dev, by either of its addresses
  ['10.4.0.2', 'gw', ['192.0.2.1', '192.0.2.2']],
  ['10.4.0.2', 'db', ['192.0.2.9']],
  ['10.4.0.2', 'db.lan', ['10.4.0.3']],
  ['10.4.0.2', 'web', ['10.4.0.2', '10.5.0.2']],
  ['10.5.0.2', 'web', ['10.5.0.2', '10.4.0.2']],
  ['10.5.0.2', 'www', ['10.5.0.3', '10.4.0.2']],
  ['fd00:4::2', 'other', ['10.5.0.3']],
  ['10.4.0.2', 'web.dev', ['10.5.0.2']],
  // other: in dev
  ['10.5.0.3', 'web', ['10.5.0.2']],
  ['10.5.0.3', 'db', 'NXDOMAIN'],
  ['10.5.0.3', 'google.dev', 'upstream'],
  // safe: in the internal network alone
  ['10.6.0.5', 'safe', ['10.6.0.5']],
  ['10.6.0.5', 'example.com', 'REFUSED'],
  ['10.6.0.5', 'web', 'NXDOMAIN'],
  // addresses that no container has
  ['10.4.0.1', 'web', ['10.4.0.2']],
  ['10.4.0.1', 'other', 'NXDOMAIN'],
  ['10.6.0.1', 'example.com', 'REFUSED'],
  ['127.0.0.1', 'other', ['10.5.0.3']],
  ['127.0.0.1', 'safe', ['10.6.0.5']],
  ['::1', 'example.com', 'upstream'],
  ['::ffff:10.4.0.3', 'web', ['10.4.0.2']],
  ['192.0.2.7', 'web', 'REFUSED'],
  ['192.0.2.7', 'example.com', 'REFUSED'],
  ['fe80::7', 'web', 'REFUSED'],
  ['no address', 'web', 'REFUSED'],
])('%s asks for %s', (from, name, expected) => {
  expect(answersOf(ask(zone, name, 'A', { from }))).toEqual(expected)
})

it.each([
  ['fe80::7%br-lan', 'lan', ['10.4.0.2']],
  ['192.0.2.7', 'lan', 'REFUSED'],
  ['10.5.0.9', 'lan', 'REFUSED'],
  ['127.0.0.1', 'lan', ['10.4.0.2']],
  ['127.0.0.1', 'vault', 'NXDOMAIN'],
])('%s asks the resolver of %s for web', (from, network, expected) => {
  expect(answersOf(ask(zone, 'web', 'A', { from, network }))).toEqual(expected)
})

it.each([
  // Anyone there can send by an address that is another's: no such question leaves the host.
  ['10.6.0.9', 'vault', 'example.com', 'REFUSED'],
  ['10.6.0.9', 'vault', 'safe', ['10.6.0.5']],
  ['10.6.0.9', 'lan', 'example.com', 'upstream'],
  ['10.4.0.9', 'lan', 'example.com', 'upstream'],
  ['10.4.0.9', 'vault', 'example.com', 'REFUSED'],
  ['10.4.0.9', 'vault', 'safe', 'REFUSED'],
  ['10.4.0.9', 'dev', 'both', ['10.4.0.9', '10.6.0.9']],
])(
  '%s, in an internal network and another, asks the resolver of %s for %s',
  (from, network, name, expected) => {
    const networks = {
      vault: { addresses: ['10.6.0.9'], aliases: [] },
      lan: { addresses: ['10.4.0.9'], aliases: [] },
    }
    const safe = { vault: { addresses: ['10.6.0.5'], aliases: [] } }
    const all = lanZone([
      container('1', 'both', { networks }),
      container('2', 'safe', { networks: safe }),
    ])
    for (const _ of ['made', 'kept'])
      expect(answersOf(ask(all, name, 'A', { from, network }))).toEqual(expected)
  },
)

it('an address of two networks is whose network was asked', () => {
  const twins = lanZone([
    container('1', 'one', { networks: { lan: { addresses: ['10.4.0.2'], aliases: ['it'] } } }),
    container('2', 'two', { networks: { dev: { addresses: ['10.4.0.2'], aliases: ['me'] } } }),
  ])
  const asked = (name: string, network: string) =>
    answersOf(ask(twins, name, 'A', { from: '10.4.0.2', network }))
  expect([asked('it', 'lan'), asked('me', 'lan')]).toEqual([['10.4.0.2'], 'NXDOMAIN'])
  expect([asked('it', 'dev'), asked('me', 'dev')]).toEqual(['NXDOMAIN', ['10.4.0.2']])
})

it('a hostname is for those whom no name, id or alias answers', () => {
  const claimed = lanZone([
    container('1', 'one', { hostname: 'db' }),
    container('2', 'db'),
    container('3', 'three', { hostname: 'same' }),
    container('4', 'four', { hostname: 'same' }),
  ])
  const asked = (name: string, from: string) => answersOf(ask(claimed, name, 'A', { from }))
  expect(asked('db', '10.4.0.2')).toEqual(['10.4.0.3'])
  expect(asked('same', '10.4.0.2')).toEqual(['10.4.0.4', '10.4.0.5'])
  expect(asked('same', '10.4.0.4')).toEqual(['10.4.0.4'])
  expect(asked('same', '10.4.0.5')).toEqual(['10.4.0.5'])
})

it('names that DNS cannot carry are left out, and harm no other', () => {
  const odd = lanZone([
    container('1', 'x'.repeat(76), {
      hostname: 'a..b',
      networks: {
        lan: { addresses: ['10.4.0.2', 'nonsense', '10.4.0.999'], aliases: ['', 'é', '.'] },
      },
      extraHosts: [['bad', 'nonsense']],
    }),
    container('2', 'UPPER.'),
  ])
  expect(answersOf(ask(odd, '1'.repeat(12)))).toEqual(['10.4.0.2'])
  expect(answersOf(ask(odd, 'upper'))).toEqual(['10.4.0.3'])
  expect(answersOf(ask(odd, 'bad'))).toBe('NXDOMAIN')
  expect(answersOf(ask(odd, '2.0.4.10.in-addr.arpa', 'PTR'))).toEqual([`${'1'.repeat(12)}.lan`])
})

it('a name of a network with a domain may end in it', () => {
  const lan = { name: 'lan', isInternal: false, subnets: ['10.4.0.0/24'], domain: 'corp.test' }
  const homely = lanZone([container('1', 'web')], { networks: [lan] })
  expect(answersOf(ask(homely, 'web.corp.test'))).toEqual(['10.4.0.2'])
  expect(answersOf(ask(homely, 'nothing.corp.test'))).toBe('upstream')
})

it('views are told apart, whatever networks are called', () => {
  const id = '1'.repeat(64)
  const network = (name: string, index: number) => {
    return { name, isInternal: false, subnets: [`10.${index}.0.0/24`] }
  }
  const networks = ['lan', id, 'true', 'member'].map((name, index) => network(name, index + 4))
  const member = (address: string) => ({ addresses: [address], aliases: [] })
  const named = lanZone(
    [
      container('1', 'web', { extraHosts: [['gw', '192.0.2.1']] }),
      container('2', 'two', { networks: { lan: member('10.4.0.3'), [id]: member('10.5.0.3') } }),
      container('3', 'three', { networks: { true: member('10.6.0.4'), lan: member('10.4.0.4') } }),
    ],
    { networks },
  )
  const asked = (name: string, from: string) => answersOf(ask(named, name, 'A', { from }))
  for (const _ of ['made', 'kept']) {
    expect(asked('gw', '10.4.0.2')).toEqual(['192.0.2.1'])
    expect(asked('gw', '10.4.0.3')).toBe('NXDOMAIN')
    expect(asked('gw', '10.4.0.1')).toBe('NXDOMAIN')
    expect(asked('three', '10.4.0.1')).toEqual(['10.4.0.4'])
    expect(asked('three', '10.6.0.4')).toEqual(['10.6.0.4', '10.4.0.4'])
  }
})
