import { passMark } from './pass-mark.ts'
import type { Field, Match, Rule } from './rule.ts'

const ok = { goto: 'ok' }
const replies: Match = { kind: 'state', what: 'ct state', bits: ['established', 'related'] }
const published: Match = { kind: 'state', what: 'ct status', bits: ['dnat'] }

function has(field: Field, set: string, not = false): Match {
  return { kind: 'in', fields: [field], set, not }
}

// Whether a packet leaves by the bridge that it came from.
function bothEnds(set: string): Match {
  return { kind: 'in', fields: ['iifname', 'oifname'], set }
}

function family(number: 4 | 6): Match {
  return { kind: 'family', family: number }
}

function toPublished(number: 4 | 6): readonly Rule[] {
  const address = number === 4 ? 'ip daddr' : 'ip6 daddr'
  const port = ['l4proto', 'th dport'] as const
  const ends = [number === 4 ? 'ip saddr' : 'ip6 saddr', address, ...port] as const
  const byInterface = ['iifname', ...ends] as const
  const isOther: Match = { kind: 'in', fields: byInterface, set: `x${number}`, not: true }
  // nft(8) reads a map of ranges behind a protocol alone.
  const conditional = (['tcp', 'udp', 'sctp'] as const).flatMap((protocol): readonly Rule[] => {
    const when: readonly Match[] = [family(number), { kind: 'protocol', protocol }]
    const led = (set: string, fields: readonly Field[]) => ({ dnat: set, family: number, fields })
    return [
      { when, does: led(`i${number}`, byInterface) },
      { when: [...when, isOther], does: led(`c${number}`, ends) },
    ]
  })
  // What everybody may reach comes first: its connections then pass no other rule.
  return [
    {
      when: [family(number)],
      does: { dnat: `a${number}`, family: number, fields: [address, ...port] },
    },
    { when: [], does: { dnat: `p${number}`, family: number, fields: port } },
    ...conditional,
  ]
}

// To all but its own subnet: a LAN that a network is in has machines that know no way to another network, and a container
// of two networks answers its peers of the second by that, not by the host, which puts a published address back.
function masquerading(number: 4 | 6): Rule {
  const ip = number === 4 ? 'ip' : 'ip6'
  const multicast: Match = {
    kind: 'prefix',
    field: `${ip} daddr`,
    prefix: number === 4 ? '224.0.0.0/4' : 'ff00::/8',
    not: true,
  }
  const from = has(`${ip} saddr`, `masq${number}`)
  return {
    when: [
      family(number),
      from,
      { ...ownSubnet(number), not: true },
      has(`${ip} daddr`, `routed${number}`, true),
      multicast,
    ],
    does: 'masquerade',
  }
}

// By address: under br_netfilter the incoming interface is unknown in postrouting.
function ownSubnet(number: 4 | 6): Extract<Match, { kind: 'in' }> {
  const ip = number === 4 ? 'ip' : 'ip6'
  return { kind: 'in', fields: [`${ip} saddr`, `${ip} daddr`], set: `self${number}` }
}

function toItself(number: 4 | 6): Rule {
  return { when: [published, family(number), ownSubnet(number)], does: 'masquerade' }
}

function toSeeingHost(number: 4 | 6): Rule {
  const to = has(number === 4 ? 'ip daddr' : 'ip6 daddr', `seen${number}`)
  return { when: [published, family(number), to], does: 'masquerade' }
}

// RFC 4291, 2.5.3: no packet from ::1 leaves the host. Led to a container, a connection to ::1 would hang; so it is refused.
const toLoopback6: Match = { kind: 'prefix', field: 'ip6 daddr', prefix: '::1/128', not: true }
function leads(...more: readonly Match[]): readonly Rule[] {
  return [
    { when: [{ kind: 'local' }, family(4), ...more], does: { jump: 'dnat4' } },
    { when: [{ kind: 'local' }, family(6), toLoopback6], does: { jump: 'dnat6' } },
  ]
}

const fromLoopback: Match = { kind: 'prefix', field: 'ip saddr', prefix: '127.0.0.0/8' }
const toLoopback: Match = { kind: 'prefix', field: 'ip daddr', prefix: '127.0.0.0/8' }
const elsewhere: Match = { kind: 'prefix', field: 'ip daddr', prefix: '127.0.0.0/8', not: true }

const byUdp: Match = { kind: 'port', protocol: 'udp', port: 53 }
const byTcp: Match = { ...byUdp, protocol: 'tcp' }

// A resolver names those that keep others waiting. What it does not get costs it nothing.
function tooManyQuestions(number: 4 | 6): Rule {
  const field = number === 4 ? 'ip saddr' : 'ip6 saddr'
  const more = { kind: 'more', field, set: `asking${number}`, ...questionLimit } as const
  const isNamed = has(field, `flooding${number}`)
  return {
    when: [byUdp, has('iifname', 'bridges'), family(number), isNamed, { kind: 'local' }, more],
    does: 'drop',
  }
}

// A bridge as the pair of it and itself: in one set, `dnsonly`, by one end of a packet, or by both.
function ofDnsOnly(one: 'iifname' | 'oifname', other = one, not = false): Match {
  return { kind: 'in', fields: [one, other], set: 'dnsonly', not }
}

// RFC 4861: who asks by IPv6 has to find its neighbours, by whatever address; nothing else is for link-local ones.
function fromDnsOnly(): readonly Rule[] {
  const linkLocal: Match = { kind: 'prefix', field: 'ip6 daddr', prefix: 'fe80::/10' }
  const toBridge: Match = { kind: 'local', here: true }
  return [
    { when: [family(6), { kind: 'icmp6', type: 135 }], does: 'accept' },
    { when: [family(6), { kind: 'icmp6', type: 136 }], does: 'accept' },
    { when: [family(6), linkLocal], does: 'drop' },
    { when: [byUdp, toBridge], does: 'accept' },
    { when: [byTcp, toBridge], does: 'accept' },
    { when: [], does: 'drop' },
  ]
}

/** How many questions a second, and at once, the host takes from an address that floods it. */
const questionLimit = { perSecond: 5000, burst: 50 } as const

/** The rules of each chain, in their order: what a start needs where the table is missing. */
export function tableRules(): Readonly<Record<string, readonly Rule[]>> {
  return {
    dnat4: toPublished(4),
    dnat6: toPublished(6),
    ok: [{ when: [], does: { markAndAccept: passMark } }],
    from: [
      { when: [replies], does: ok },
      { when: [bothEnds('apart')], does: { goto: 'between' } },
      { when: [bothEnds('same')], does: ok },
      { when: [has('iifname', 'internal')], does: 'drop' },
      { when: [has('oifname', 'bridges')], does: { goto: 'between' } },
      { when: [], does: ok },
    ],
    between: [
      { when: [published], does: ok },
      { when: [has('iifname', 'isolated')], does: 'drop' },
      { when: [has('oifname', 'isolated')], does: 'drop' },
      { when: [has('oifname', 'internal')], does: 'drop' },
      { when: [], does: ok },
    ],
    // Connections from elsewhere that nobody published are left to other firewalls, without the mark.
    to: [
      { when: [replies], does: ok },
      { when: [published], does: ok },
      { when: [has('oifname', 'internal')], does: 'drop' },
    ],
    // route_localnet without them opens what the host serves on its loopback to containers, and has them pass for the host.
    guard: [
      { when: [has('iifname', 'bridges'), family(4), toLoopback], does: 'drop' },
      { when: [has('iifname', 'bridges'), family(4), fromLoopback], does: 'drop' },
      tooManyQuestions(4),
      tooManyQuestions(6),
    ],
    ask: fromDnsOnly(),
    input: [{ when: [ofDnsOnly('iifname')], does: { goto: 'ask' } }],
    // RFC 1122, 3.2.1.3: none of these comes by a wire. The kernel drops it, and would not know it once it is led to a container.
    prerouting: leads(elsewhere),
    // Of a connection the first packet alone gets here: answers pass.
    output: [{ when: [ofDnsOnly('oifname')], does: 'drop' }, ...leads()],
    postrouting: [
      masquerading(4),
      masquerading(6),
      toItself(4),
      toItself(6),
      toSeeingHost(4),
      toSeeingHost(6),
      { when: [published, family(4), fromLoopback, has('oifname', 'bridges')], does: 'masquerade' },
    ],
    forward: [
      { when: [ofDnsOnly('iifname'), ofDnsOnly('iifname', 'oifname', true)], does: 'drop' },
      { when: [ofDnsOnly('oifname'), ofDnsOnly('iifname', 'oifname', true)], does: 'drop' },
      { when: [has('iifname', 'bridges')], does: { goto: 'from' } },
      { when: [has('oifname', 'bridges')], does: { goto: 'to' } },
    ],
  }
}

/** How many rules the table has. */
export function tableRuleCount(): number {
  return Object.values(tableRules()).flat().length
}
