import { expect, it } from 'vitest'
import { answersOf, ask } from '../test/ask.ts'
import { container, lanZone } from '../test/lan.ts'
import { decodeByOracle } from '../test/oracle.ts'

const web = container('1', 'web', {
  networks: {
    lan: { addresses: ['10.4.0.2/24', 'fd00:4::2/64'], aliases: ['www'] },
    dev: { addresses: ['10.5.0.2'], aliases: [] },
  },
  ports: [
    { hostPort: 8080, containerPort: 80, protocol: 'tcp' },
    { hostPort: 80, containerPort: 8000, protocol: 'tcp' },
    { hostPort: 53, containerPort: 5353, protocol: 'udp' },
  ],
})
const db = container('2', 'db', { ports: [{ hostPort: 8080, containerPort: 81, protocol: 'tcp' }] })
const shared = {
  ...db,
  networks: { lan: { addresses: ['10.4.0.3'], aliases: ['www'] } },
}
const zone = lanZone([web, shared, container('3', 'spare')])
const hardware = { cpu: 'RFC8482', os: '' }
const fromDb = { from: '10.4.0.3' }

function service(target: string, port: number) {
  return { priority: 0, weight: 0, port, target }
}

it.each<[name: string, type: string, expected: readonly unknown[] | string]>([
  ['web', 'AAAA', ['fd00:4::2']],
  ['db', 'AAAA', 'NOERROR'],
  ['web', 'HTTPS', 'NOERROR'],
  ['web', 'SVCB', 'NOERROR'],
  ['web', 'MX', 'NOERROR'],
  ['web', 'TXT', 'NOERROR'],
  ['web', 'SOA', 'NOERROR'],
  ['web', 'SRV', 'NOERROR'],
  ['web', 'ANY', [hardware]],
  ['nothing', 'ANY', 'NXDOMAIN'],
  ['nothing', 'HTTPS', 'NXDOMAIN'],
  ['nothing', 'DS', 'upstream'],
  ['web', 'DS', 'NOERROR'],
  ['_8080._tcp.web', 'SRV', [service('web.lan', 80)]],
  ['_80._tcp.web', 'SRV', [service('web.lan', 8000)]],
  ['_8000._tcp.web', 'SRV', [service('web.lan', 8000)]],
  ['_8080._tcp.web.lan', 'SRV', [service('web.lan', 80)]],
  ['_8080._tcp.web.vethra', 'SRV', [service('web.lan', 80)]],
  ['_8080._tcp.www', 'SRV', [service('web.lan', 80), service('db.lan', 81)]],
  ['_53._udp.web', 'SRV', [service('web.lan', 5353)]],
  ['_53._tcp.web', 'SRV', 'NXDOMAIN'],
  ['_8080._tcp.web', 'A', 'NOERROR'],
  ['_8080._tcp.web', 'TLSA', 'NOERROR'],
  ['_tcp.web', 'A', 'NOERROR'],
  ['_8443._https.web', 'HTTPS', 'NXDOMAIN'],
  ['_8080._tcp.nothing', 'SRV', 'upstream'],
  ['_443._tcp.example.com', 'SRV', 'upstream'],
  ['2.0.4.10.in-addr.arpa', 'PTR', ['web.lan']],
  ['2.0.4.10.in-addr.arpa', 'A', 'NOERROR'],
  ['2.0.4.10.in-addr.arpa', 'ANY', [hardware]],
  ['9.0.4.10.in-addr.arpa', 'PTR', 'NXDOMAIN'],
  // of dev, which db is not in
  ['2.0.5.10.in-addr.arpa', 'PTR', 'NXDOMAIN'],
  ['0.4.10.in-addr.arpa', 'SOA', 'NOERROR'],
  ['1.2.0.4.10.in-addr.arpa', 'PTR', 'NXDOMAIN'],
  ['4.10.in-addr.arpa', 'PTR', 'upstream'],
  ['x.4.10.in-addr.arpa', 'PTR', 'upstream'],
  ['02.0.4.10.in-addr.arpa', 'PTR', 'upstream'],
  ['1.16.6.10.in-addr.arpa', 'PTR', 'upstream'],
  ['1.15.6.10.in-addr.arpa', 'PTR', 'NXDOMAIN'],
  ['9.9.9.9.in-addr.arpa', 'PTR', 'upstream'],
  [`2${'.0'.repeat(23)}.4.0.0.0.0.0.d.f.ip6.arpa`, 'PTR', ['web.lan']],
  [`3${'.0'.repeat(23)}.4.0.0.0.0.0.d.f.ip6.arpa`, 'PTR', 'NXDOMAIN'],
  ['0.0.0.0.0.0.0.0.0.4.0.0.0.0.0.d.f.ip6.arpa', 'PTR', 'NOERROR'],
  ['4.0.0.0.0.0.d.f.ip6.arpa', 'PTR', 'upstream'],
  ['1.0.0.127.in-addr.arpa', 'PTR', ['localhost']],
  ['localhost', 'AAAA', ['::1']],
  ['localhost', 'MX', 'NOERROR'],
  ['_dns.resolver.arpa', 'SVCB', 'NOERROR'],
  ['vethra', 'NS', 'NOERROR'],
])('db asks for %s %s', (name, type, expected) => {
  expect(answersOf(ask(zone, name, type, fromDb))).toEqual(expected)
})

it('a service brings the addresses of where it is', () => {
  const answered = ask(zone, '_8080._tcp.www', 'SRV', fromDb)
  expect.assert(typeof answered !== 'string')
  expect(decodeByOracle(answered.octets).additionals).toMatchObject([
    { name: 'web.lan', type: 'A', data: '10.4.0.2' },
    { name: 'web.lan', type: 'AAAA', data: 'fd00:4::2' },
    { name: 'db.lan', type: 'A', data: '10.4.0.3' },
  ])
})

it.each([
  ['db', 'AAAA', 'db'],
  ['nothing', 'A', '.'],
  ['nothing.vethra', 'A', 'vethra'],
  ['9.0.4.10.in-addr.arpa', 'PTR', '0.4.10.in-addr.arpa'],
  ['9.9.6.10.in-addr.arpa', 'PTR', '6.10.in-addr.arpa'],
  ['_1._tcp.web', 'SRV', 'web'],
])('no %s %s: an SOA record of %s says for how long', (name, type, owner) => {
  const answered = ask(zone, name, type, fromDb)
  expect.assert(typeof answered !== 'string')
  const { authorities, flag_aa, flag_ra } = decodeByOracle(answered.octets)
  expect({ flag_aa, flag_ra }).toEqual({ flag_aa: true, flag_ra: true })
  expect(authorities).toMatchObject([
    { name: owner, type: 'SOA', ttl: 5, data: { minimum: 5, serial: 1, mname: 'dns.vethra' } },
  ])
})

it('those who share an alias take turns', () => {
  const asked = (rotation: number) => answersOf(ask(zone, 'www', 'A', { ...fromDb, rotation }))
  expect([0, 1, 2, 3].map(asked)).toEqual([
    ['10.4.0.2', '10.4.0.3'],
    ['10.4.0.3', '10.4.0.2'],
    ['10.4.0.2', '10.4.0.3'],
    ['10.4.0.3', '10.4.0.2'],
  ])
})

it('turns do not cross networks', () => {
  const both = ['1', '2'].map((digit) =>
    container(digit, `c${digit}`, {
      networks: {
        lan: { addresses: [`10.4.0.${digit}`], aliases: ['api'] },
        dev: { addresses: [`10.5.0.${digit}`], aliases: ['api'] },
      },
    }),
  )
  const asked = [0, 1].map((rotation) =>
    answersOf(ask(lanZone(both), 'api', 'A', { from: '10.5.0.1', rotation })),
  )
  expect(asked).toEqual([
    ['10.5.0.1', '10.5.0.2', '10.4.0.1', '10.4.0.2'],
    ['10.5.0.2', '10.5.0.1', '10.4.0.2', '10.4.0.1'],
  ])
})

it('what does not fit is cut between records, and the flag says so', () => {
  const many = Array.from({ length: 100 }, (_, index) =>
    container((index % 10).toString(), `c${index}`, {
      networks: { lan: { addresses: [`10.4.0.${index + 1}`], aliases: ['api'] } },
    }),
  )
  const crowded = lanZone(many)
  for (const rotation of [0, 70, 99]) {
    for (const from of ['10.4.0.1', '10.4.0.2']) {
      const answered = ask(crowded, 'api', 'A', { from, rotation })
      expect.assert(typeof answered !== 'string')
      // 12 octets of header, 9 of question, 16 a record
      expect(answered.answers).toHaveLength(30)
      expect(answered.tc).toBe(true)
      expect(answered.answers[0]).toBe(`10.4.0.${rotation + 1}`)
      expect(new Set(answered.answers).size).toBe(30)
      const whole = ask(crowded, 'api', 'A', { from, rotation, isTcp: true })
      expect.assert(typeof whole !== 'string')
      expect({ tc: whole.tc, count: new Set(whole.answers).size }).toEqual({
        tc: false,
        count: 100,
      })
    }
  }
})

it('more than a TCP message holds is left out', () => {
  const many = Array.from({ length: 5000 }, (_, index) =>
    container('1', `c${index}`, {
      networks: { lan: { addresses: [`10.4.${index >> 8}.${index & 255}`], aliases: ['api'] } },
    }),
  )
  const answered = ask(lanZone(many), 'api', 'A', { isTcp: true, from: '10.4.0.1' })
  expect.assert(typeof answered !== 'string')
  expect(answered.octets.length).toBeGreaterThan(60_000)
  expect(answered.octets.length).toBeLessThan(65_536)
})

it('an alias of thousands costs little where its type has no addresses, whoever asks how often', () => {
  let reads = 0
  const lan = {
    get addresses() {
      reads += 1
      return ['10.4.0.3']
    },
    aliases: ['api'],
  }
  const zone = lanZone([web, container('2', 'c', { networks: { lan } })])
  const from = '10.4.0.2'
  expect(answersOf(ask(zone, 'api', 'A', { from }))).toEqual(['10.4.0.3'])
  reads = 0
  for (const type of ['TXT', 'MX', 'SVCB', 'TYPE65400']) {
    expect(answersOf(ask(zone, 'api', type, { from })), type).toBe('NOERROR')
  }
  expect(answersOf(ask(zone, 'api', 'ANY', { from }))).toHaveLength(1)
  expect(answersOf(ask(zone, '_9._tcp.api', 'SRV', { from }))).toBe('NXDOMAIN')
  expect(reads).toBe(0)
})
