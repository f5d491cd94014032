import type { JsonObject } from '@vethra/cni'
import fc from 'fast-check'

/** A network: the conf list as libcni reads it. */
export interface Network {
  readonly name: string
  readonly cniVersion: string
  readonly plugins: readonly JsonObject[]
  /** The second octet of its IPv4 addresses: 10.X.0.2 is that of the container which comes first. */
  readonly ports: number
}

/** One operation on one container. */
export interface Step {
  readonly command: 'ADD' | 'CHECK' | 'DEL'
  readonly id: 'c1' | 'c2'
  /** Published ports. */
  readonly ports?: readonly JsonObject[] | undefined
  /** How many plugins run: an operation that was cut short. Default: all. */
  readonly until?: number
  /** Whether the namespace is gone. */
  readonly gone?: boolean
}

const flag = fc.boolean()
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const four = { subnet: '10.7.0.0/24' }
const six = { subnet: 'fd00:7::/64' }
const routes = [{ dst: '0.0.0.0/0' }]
const both = [...routes, { dst: '::/0' }]
const ipam = fc.constantFrom<JsonObject>(
  { type: 'host-local', ...four, routes },
  { type: 'host-local', ...four, routes: [{ dst: '10.50.0.0/16', gw: '10.7.0.7' }] },
  { type: 'host-local', ranges: [[four], [six]], routes: both },
  { type: 'host-local', ranges: [[four], [six]] },
  {
    type: 'host-local',
    ranges: [[{ ...four, rangeStart: '10.7.0.2', gateway: '10.7.0.9' }]],
    routes,
  },
)

const bridge = fc
  .record({
    isGateway: flag,
    isDefaultGateway: flag,
    ipMasq: flag,
    hairpinMode: flag,
    mtu: fc.constantFrom(0, 1400),
    forceAddress: flag,
    ipam,
  })
  .map((conf) => defined({ type: 'bridge', bridge: 'br7', ...conf, ipam: withoutDefault(conf) }))

// A default route without a gateway beside isDefaultGateway is an error of Go's own (B20): ours takes it.
function withoutDefault({
  isDefaultGateway,
  ipam: of,
}: {
  isDefaultGateway: boolean
  ipam: JsonObject
}) {
  const { routes: _, ...rest } = of
  return isDefaultGateway ? rest : of
}

const ptp = fc
  .record({ ipMasq: flag, mtu: fc.constantFrom(0, 1400), ipam })
  .map((conf) => defined({ type: 'ptp', ...conf }))

const macvlan = fc
  .record({
    mode: fc.constantFrom('bridge', 'private', 'vepa'),
    mtu: fc.constantFrom(0, 1400),
    ipam,
  })
  .map((conf) => defined({ type: 'macvlan', master: 'up0', ...conf }))

const portmap = fc
  .record({ snat: maybe(fc.constant(true)) })
  .map((conf) => defined({ type: 'portmap', capabilities: { portMappings: true }, ...conf }))

const firewall = fc
  .record({ ingressPolicy: maybe(fc.constantFrom('open', 'same-bridge')) })
  .map((conf) => defined({ type: 'firewall', ...conf }))

const tuning = fc
  .record({
    mtu: maybe(fc.constantFrom(1300, 1350)),
    promisc: maybe(flag),
    sysctl: maybe(fc.constantFrom({ 'net.ipv4.conf.IFNAME.log_martians': '1' })),
  })
  .map((conf) => defined({ type: 'tuning', ...conf }))

const main = fc.oneof(
  { weight: 6, arbitrary: bridge },
  { weight: 3, arbitrary: ptp },
  { weight: 1, arbitrary: macvlan },
)

/** A network of random plugins. */
export const network: fc.Arbitrary<Network> = fc
  .record({
    cniVersion: fc.constantFrom('0.4.0', '1.0.0'),
    main,
    portmap: maybe(portmap),
    firewall: maybe(firewall),
    tuning: maybe(tuning),
  })
  .map(({ cniVersion, main: first, ...chained }) => {
    const isRouted = first['type'] === 'macvlan'
    const more = [
      isRouted ? undefined : chained.portmap,
      isRouted ? undefined : chained.firewall,
      chained.tuning,
    ]
    const plugins = [first, ...more].flatMap((each) => (each ? [each] : []))
    return { name: 'diff', cniVersion, ports: 7, plugins }
  })

const ports = [
  { hostPort: 8080, containerPort: 80, protocol: 'tcp' },
  { hostPort: 8080, containerPort: 81, protocol: 'udp' },
]

const id = fc.constantFrom('c1' as const, 'c2' as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ command: fc.constant('ADD' as const), id }) },
  { weight: 3, arbitrary: fc.record({ command: fc.constant('CHECK' as const), id }) },
  { weight: 3, arbitrary: fc.record({ command: fc.constant('DEL' as const), id }) },
  {
    weight: 1,
    arbitrary: fc.record({
      command: fc.constant('DEL' as const),
      id,
      until: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ command: fc.constant('DEL' as const), id, gone: fc.constant(true) }),
  },
)

/** The steps of a test: ADD of both containers, random steps, DEL of both. */
export const steps: fc.Arbitrary<readonly Step[]> = fc
  .array(step, { minLength: 1, maxLength: 4 })
  .map((random) => [
    { command: 'ADD' as const, id: 'c1' as const },
    { command: 'ADD' as const, id: 'c2' as const },
    ...random,
    { command: 'DEL' as const, id: 'c1' as const },
    { command: 'DEL' as const, id: 'c2' as const },
  ])
  .map((all) => all.map((each) => (each.id === 'c1' ? { ...each, ports } : each)))

function defined(object: Readonly<Record<string, unknown>>): JsonObject {
  return JSON.parse(JSON.stringify(object))
}
