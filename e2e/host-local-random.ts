import fc from 'fast-check'

/** One step of a sequence that both plugins go through. */
export interface Step {
  readonly command: 'ADD' | 'DEL' | 'CHECK'
  readonly id: string
  readonly ifname: string
  readonly args: string
  /** Requested addresses, by where they stand in the conf. */
  readonly asked: { readonly args: readonly string[]; readonly runtime: readonly string[] }
}

/** A conf and what is done with it. */
export interface Sequence {
  readonly cniVersion: string
  readonly ipam: Readonly<Record<string, unknown>>
  readonly ipRanges: readonly unknown[]
  readonly steps: readonly Step[]
}

const octet = (from: number, to: number) => fc.integer({ min: from, max: to })
// Few addresses, so that sequences of some steps meet full sets, gateways and both ends.
const address4 = octet(0, 47).map((number) => `10.5.${number >> 4}.${number & 15}`)
const address6 = octet(0, 31).map(
  (number) => `fd00:5::${number >> 4}:${(number & 15).toString(16)}`,
)
const subnet4 = fc
  .tuple(octet(0, 2), octet(0, 1), fc.constantFrom(28, 29, 30))
  .map(([net, half, length]) => `10.5.${net}.${length === 28 ? 0 : half * 8}/${length}`)
const subnet6 = fc
  .tuple(octet(0, 1), fc.constantFrom(124, 125, 126))
  .map(([net, length]) => `fd00:5::${net}:0/${length}`)
const wrongSubnet = fc.constantFrom(
  '10.5.0.1/28',
  '10.5.0.0/31',
  'fd00::/127',
  'nonsense',
  '10.5.0.0',
  '',
)

const sometimes = <T>(value: fc.Arbitrary<T>, weight = 3) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight, arbitrary: value })

function range(subnet: fc.Arbitrary<string>, address: fc.Arbitrary<string>) {
  return fc
    .record({
      subnet: fc.oneof({ weight: 30, arbitrary: subnet }, { weight: 1, arbitrary: wrongSubnet }),
      rangeStart: sometimes(address),
      rangeEnd: sometimes(address),
      gateway: sometimes(address, 6),
    })
    .map(insideItself)
    .map(defined)
}

// A start on the broadcast address and no end: Go gives addresses behind it, out of the subnet. We give that one.
function insideItself(range: RangeText): RangeText {
  const { subnet = '', rangeStart = '', rangeEnd } = range
  const bits = 32 - Number(subnet.split('/')[1])
  const last = Number(rangeStart.split('.')[3])
  const isBroadcast = rangeStart.includes('.') && ((last + 1) & (2 ** bits - 1)) === 0
  return isBroadcast && rangeEnd === undefined ? { ...range, rangeEnd: rangeStart } : range
}

interface RangeText {
  readonly [key: string]: string | undefined
  readonly subnet: string
  readonly rangeStart: string | undefined
  readonly rangeEnd: string | undefined
}

const range4 = range(subnet4, address4)
const range6 = range(subnet6, address6)
const set = fc.oneof(
  { weight: 3, arbitrary: fc.array(range4, { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.array(range6, { minLength: 1, maxLength: 2 }) },
)

// Of several requested addresses in one set Go takes any: no sequence asks for two of one family.
const asked = fc
  .record({ four: sometimes(address4), six: sometimes(address6), place: octet(0, 2) })
  .map(({ four, six, place }) => {
    const all = [four, six].filter((each) => each !== undefined)
    return {
      args: place === 1 ? all : [],
      runtime:
        place === 2 ? all.map((each) => `${each}/64`).filter((each) => each.includes(':')) : [],
      env: place === 0 && four !== undefined ? `IP=${four}` : '',
    }
  })

const step: fc.Arbitrary<Step> = fc
  .record({
    command: fc.constantFrom('ADD', 'ADD', 'ADD', 'DEL', 'DEL', 'CHECK'),
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    ifname: fc.constantFrom('eth0', 'eth0', 'eth0', 'eth1'),
    asked,
    odd: sometimes(fc.constantFrom('FOO=1', 'IP', 'IP=zz', 'IgnoreUnknown=1;FOO=1', ';'), 1),
  })
  .map(({ command, id, ifname, asked: { env, ...rest }, odd }) =>
    command === 'ADD'
      ? { command, id, ifname, args: odd ?? env, asked: rest }
      : { command, id, ifname, args: '', asked: { args: [], runtime: [] } },
  )

/** Confs of every kind, a few of them wrong, and what is done with them. */
export const sequence: fc.Arbitrary<Sequence> = fc.record({
  cniVersion: fc.constantFrom('1.0.0', '1.0.0', '0.4.0', '0.3.1', '0.2.0', '0.1.0'),
  ipam: fc
    .record({
      legacy: sometimes(range4, 9),
      ranges: fc.array(set, { maxLength: 2 }),
      routes: sometimes(fc.constant([{ dst: '0.0.0.0/0' }, { dst: 'fd01::/16', gw: 'fd00:5::1' }])),
    })
    .map(({ legacy, ranges, routes }) => defined({ ...legacy, ranges, routes })),
  ipRanges: sometimes(fc.array(set, { maxLength: 1 })).map((sets) => sets ?? []),
  steps: fc.array(step, { minLength: 3, maxLength: 14 }),
})

function defined(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
