import type { Data } from './requests.ts'
import type { Fault, Vector } from './vector.ts'

/** A result of one version, and what it is in another. */
export interface ConversionVector extends Vector {
  readonly from: Readonly<Record<string, Data>>
  readonly to: '0.1.0' | '0.2.0' | '0.3.0' | '0.3.1' | '0.4.0' | '1.0.0' | '1.1.0'
  readonly result?: Readonly<Record<string, Data>>
  /** The values that the other version cannot carry: the paths of keys. */
  readonly dropped?: readonly string[]
  readonly fault?: Fault
}

const dns = { nameservers: ['10.1.0.1'], domain: 'lan', search: ['lan'], options: ['ndots:2'] }

/** A result of 1.1.0 with every key there is. */
export const fullResult: Readonly<Record<string, Data>> = {
  cniVersion: '1.1.0',
  interfaces: [
    { name: 'cni0', mac: '00:11:22:33:44:55' },
    {
      name: 'eth0',
      mac: '00:11:22:33:44:66',
      mtu: 1400,
      sandbox: '/run/netns/blue',
      socketPath: '/run/socket',
      pciID: '0000:00:1f.6',
    },
  ],
  ips: [
    { interface: 1, address: '10.1.0.5/16', gateway: '10.1.0.1' },
    { interface: 1, address: 'fd00::5/64', gateway: 'fd00::1' },
  ],
  routes: [
    { dst: '0.0.0.0/0', gw: '10.1.0.1', mtu: 1400, advmss: 1360, priority: 10, table: 0, scope: 0 },
    { dst: '::/0', gw: 'fd00::1' },
  ],
  dns,
}

const routes = fullResult['routes'] as Data
const early = (cniVersion: string): Readonly<Record<string, Data>> => ({
  cniVersion,
  interfaces: [
    { name: 'cni0', mac: '00:11:22:33:44:55' },
    { name: 'eth0', mac: '00:11:22:33:44:66', sandbox: '/run/netns/blue' },
  ],
  ips: [
    { version: '4', interface: 1, address: '10.1.0.5/16', gateway: '10.1.0.1' },
    { version: '6', interface: 1, address: 'fd00::5/64', gateway: 'fd00::1' },
  ],
  routes,
  dns,
})
const legacy = (cniVersion: string): Readonly<Record<string, Data>> => ({
  cniVersion,
  ip4: {
    ip: '10.1.0.5/16',
    gateway: '10.1.0.1',
    routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.1' }],
  },
  ip6: { ip: 'fd00::5/64', gateway: 'fd00::1', routes: [{ dst: '::/0', gw: 'fd00::1' }] },
  dns,
})
const lostEarly = ['interfaces[1].mtu', 'interfaces[1].socketPath', 'interfaces[1].pciID']
const lostLegacy = [
  'interfaces[0]',
  'interfaces[1]',
  ...['mtu', 'advmss', 'priority', 'table', 'scope'].map((key) => `routes[0].${key}`),
]
const section = 'libcni, result types'

/** Conversions between versions, up and down (SPEC 5, "ADD Success", of each version). */
export const conversionVectors: readonly ConversionVector[] = [
  ...(['0.3.0', '0.3.1', '0.4.0'] as const).flatMap((to): readonly ConversionVector[] => [
    {
      section,
      cases: 'case 88',
      rule: `1.1.0 to ${to}: addresses get a version; mtu, pciID and socketPath go`,
      from: fullResult,
      to,
      result: early(to),
      dropped: lostEarly,
    },
    {
      section,
      rule: `${to} to 1.1.0: the version of an address goes, nothing is lost`,
      from: early(to),
      to: '1.1.0',
      result: {
        ...early(to),
        cniVersion: '1.1.0',
        ips: fullResult['ips'] as Data,
      },
      dropped: [],
    },
    {
      section,
      cases: 'case 91',
      rule: `0.2.0 to ${to}: IPv4 first, no interface`,
      from: legacy('0.2.0'),
      to,
      result: {
        cniVersion: to,
        ips: [
          { version: '4', address: '10.1.0.5/16', gateway: '10.1.0.1' },
          { version: '6', address: 'fd00::5/64', gateway: 'fd00::1' },
        ],
        routes: [
          { dst: '0.0.0.0/0', gw: '10.1.0.1' },
          { dst: '::/0', gw: 'fd00::1' },
        ],
        dns,
      },
      dropped: [],
    },
  ]),
  ...(['0.1.0', '0.2.0'] as const).map(
    (to): ConversionVector => ({
      section,
      cases: 'case 89',
      rule: `1.1.0 to ${to}: the first address of each family, with its routes by dst and gw`,
      from: fullResult,
      to,
      result: legacy(to),
      dropped: lostLegacy,
    }),
  ),
  {
    section,
    cases: 'case 88',
    rule: 'dns is always there before 1.0.0',
    from: { cniVersion: '1.1.0', ips: [{ address: '10.1.0.5/16' }] },
    to: '0.4.0',
    result: { cniVersion: '0.4.0', ips: [{ version: '4', address: '10.1.0.5/16' }], dns: {} },
    dropped: [],
  },
  {
    section,
    rule: 'a second address of a family and a route without its family have no place before 0.3.0',
    from: {
      cniVersion: '0.4.0',
      ips: [
        { version: '4', address: '10.1.0.5/16' },
        { version: '4', address: '10.1.0.6/16' },
      ],
      routes: [{ dst: '::/0' }],
      dns: {},
    },
    to: '0.2.0',
    result: { cniVersion: '0.2.0', ip4: { ip: '10.1.0.5/16' }, dns: {} },
    dropped: ['ips[1]', 'routes[0]'],
  },
  {
    section,
    rule: 'without an address there is no result before 0.3.0',
    from: { cniVersion: '1.0.0', interfaces: [{ name: 'eth0' }] },
    to: '0.2.0',
    fault: { code: 6, says: 'cannot convert: no valid IP addresses' },
  },
  {
    section,
    cases: 'case 92',
    rule: '1.1.0 to 1.0.0: relabelled, nothing goes',
    from: fullResult,
    to: '1.0.0',
    result: { ...fullResult, cniVersion: '1.0.0' },
    dropped: [],
  },
  {
    section,
    rule: '0.1.0 to 0.2.0: relabelled',
    from: legacy('0.1.0'),
    to: '0.2.0',
    result: legacy('0.2.0'),
    dropped: [],
  },
]

/** Results that must come back unchanged after they were in another version. */
export const roundTrips: readonly ConversionVector[] = [
  ...(['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const).map(
    (to): ConversionVector => ({
      section,
      cases: 'case 91',
      rule: `0.2.0 to ${to} and back is the same`,
      from: legacy('0.2.0'),
      to,
    }),
  ),
  {
    section,
    cases: 'case 92',
    rule: '1.1.0 to 1.0.0 and back is the same',
    from: fullResult,
    to: '1.0.0',
  },
  {
    section,
    rule: '0.3.1 to 1.1.0 and back is the same',
    from: early('0.3.1'),
    to: '1.1.0',
  },
]
