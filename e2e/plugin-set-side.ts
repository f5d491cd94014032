import type { JsonObject } from '@vethra/cni'
import { allSaid, type EngineHost, hostAt, openEngineHost, outside } from './engine-host.ts'
import { executable } from './host.ts'
import type { Network, Step } from './plugin-set-random.ts'

/** The outcome of a step: the last result, names of veths and MACs aside; whether it failed. */
export interface StepOutcome {
  readonly failed: boolean
  /** The errors' texts, for people. */
  readonly said: readonly string[]
  readonly result?: JsonObject | undefined
}

/** A host on which one set of plugins does what it is told. */
export interface Side {
  readonly place: EngineHost
  /** Runs the plugins of a network as libcni does: ADD and CHECK in their order, DEL in the other, each with the result before. `from` is the folder of the plugins; that of the side by default. */
  perform(network: Network, step: Step, from?: string): Promise<StepOutcome>
  /** Links, addresses and routes of the host and of the containers, names of veths aside. */
  seen(): Promise<unknown>
  /** The answers of TCP and UDP servers to containers, the host and the outside, by the way that a packet goes. */
  talk(network: Network): Promise<Readonly<Record<string, string | undefined>>>
  /** Has all of a network go: links, results, reservations. */
  reset(): Promise<void>
}

interface Run {
  readonly network: Network
  readonly step: Step
  readonly folder: string
}

/** The containers of a side, each in a namespace of its name that serves on two ports. */
const containers = ['c1', 'c2'] as const

/** The folder of our plugins on each side. */
export const own = '/run/plugins'

/** Opens a host whose plugins lie in a folder. */
export async function openSide(side: string): Promise<Side> {
  const place = await openEngineHost()
  await place.sh(`${executable} plugin install ${own}`)
  // Go's plugins leave the bridge's IPv6 addresses to be asked for, for a second or two.
  await place.sh(
    'sysctl -qw net.ipv6.conf.default.dad_transmits=0 net.ipv6.conf.default.accept_dad=0',
  )
  await place.sh(
    containers.map((name) => `ip netns add ${name}; ip -n ${name} link set lo up`).join('\n'),
  )
  for (const name of containers) await place.serve(name, 80, 81)
  for (const name of ['host', 'outside']) await place.serve(name, 90)
  const results = new Map<string, JsonObject>()

  const call = async (
    { network, step, folder }: Run,
    plugin: JsonObject,
    prevResult?: JsonObject,
  ) => {
    const { name, cniVersion } = network
    const capabilities = step.ports === undefined ? {} : { portMappings: step.ports }
    const runtimeConfig = plugin['capabilities'] ? { runtimeConfig: capabilities } : {}
    const previous = prevResult ? { prevResult } : {}
    const conf = { name, cniVersion, ...plugin, ...runtimeConfig, ...previous }
    const ran = await place.host.run([`${folder}/${plugin['type']}`], {
      input: JSON.stringify(conf),
      env: {
        CNI_COMMAND: step.command,
        CNI_CONTAINERID: step.id,
        CNI_NETNS: step.gone ? '/run/netns/gone' : `/run/netns/${step.id}`,
        CNI_IFNAME: 'eth0',
        CNI_PATH: folder,
      },
    })
    return { ...ran, json: ran.stdout === '' ? undefined : JSON.parse(ran.stdout) }
  }

  return {
    place,
    perform: async (network, step, folder = side) => {
      const key = `${network.name} ${step.id}`
      const adds = step.command === 'ADD'
      const all = step.command === 'DEL' ? network.plugins.toReversed() : network.plugins
      const plugins = step.until === undefined ? all : all.slice(0, step.until)
      const said: string[] = []
      let result = adds ? undefined : results.get(key)
      let failed = false
      for (const plugin of plugins) {
        const ran = await call({ network, step, folder }, plugin, result)
        if (ran.exitCode !== 0) {
          failed = true
          said.push(`${plugin['type']}: ${ran.json?.msg ?? ran.stderr}`)
          if (step.command !== 'DEL') break
        } else if (adds) result = ran.json
      }
      // Not gone in truth: what a namespace takes along goes by hand.
      if (step.gone) await place.sh(`ip -n ${step.id} link del eth0 2>/dev/null || true`)
      if (adds && result !== undefined && !failed) results.set(key, result)
      return { failed, said, ...(adds && !failed ? { result: plain(result) } : {}) }
    },
    seen: async () => {
      const inside = containers.map(
        async (name) => [name, await look(place, `ip -n ${name}`)] as const,
      )
      return { host: await look(place, 'ip'), ...Object.fromEntries(await Promise.all(inside)) }
    },
    talk: (network) => talk(place, network),
    reset: async () => {
      results.clear()
      const links = containers.map((name) => `ip -n ${name} link del eth0 2>/dev/null || true`)
      await place.sh(
        `${links.join('\n')}
        ip link del br7 2>/dev/null || true
        rm -rf /var/lib/cni/networks /run/cni
        nft flush ruleset
        ip -n c1 link set lo up; ip -n c2 link set lo up
        sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0`,
      )
    },
  }
}

interface IpLink {
  readonly ifname: string
  readonly flags: readonly string[]
  readonly mtu: number
  readonly master?: string
  readonly linkinfo?: { readonly info_kind?: string }
  readonly addr_info: readonly { local: string; prefixlen: number; scope: string }[]
}

type IpRoute = Readonly<Record<string, unknown>>

async function look(place: EngineHost, ip: string): Promise<unknown> {
  const script = `${ip} -j -d addr; echo; ${ip} -j route; echo; ${ip} -j -6 route`
  const [links = '[]', four = '[]', six = '[]'] = (await place.sh(script)).split('\n\n')
  const read = JSON.parse(links) as readonly IpLink[]
  return {
    links: read
      .filter(({ ifname }) => !/^(lo|up0)$/.test(ifname))
      .map(({ ifname, flags, mtu, master, linkinfo, addr_info }) => ({
        name: plainName(ifname),
        kind: linkinfo?.info_kind,
        up: flags.includes('UP'),
        promiscuous: flags.includes('PROMISC'),
        mtu,
        master,
        addresses: addr_info
          .filter(({ scope }) => scope !== 'link')
          .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
          .sort(),
      }))
      .sort((one, other) => one.name.localeCompare(other.name)),
    routes: [...readRoutes(four), ...readRoutes(six)].flatMap(plainRoute).sort(),
  }
}

function readRoutes(text: string): readonly IpRoute[] {
  return JSON.parse(text.trim() || '[]') as readonly IpRoute[]
}

// Link-local and multicast routes are the kernel's own, as is how long a route is known.
function plainRoute({ dst, gateway, dev, scope, metric }: IpRoute): readonly string[] {
  if (/^(fe80|ff00)/.test(String(dst)) || dev === 'up0') return []
  return [[dst, gateway ?? '-', plainName(String(dev)), scope ?? '-', metric ?? '-'].join(' ')]
}

function plainName(name: string): string {
  return name.startsWith('veth') ? 'veth' : name
}

// The names of veths, and MACs but whether there is one.
function plain(result: JsonObject | undefined): JsonObject | undefined {
  if (result === undefined) return undefined
  const text = JSON.stringify(result)
    .replace(/"veth[0-9a-f]+"/g, '"veth"')
    .replace(/"mac":"([0-9a-f]{2}:){5}[0-9a-f]{2}"/g, '"mac":"MAC"')
  return JSON.parse(text)
}

async function talk(place: EngineHost, { name, ports }: Network) {
  const first = { c1: `10.${ports}.0.2`, c2: `10.${ports}.0.3` }
  const tcp = (from: string, address: string, port: number) =>
    place.ask(from, { protocol: 'tcp', address, port })
  const said = await allSaid({
    'host to c1': tcp('host', first.c1, 80),
    'c1 to c2': tcp('c1', first.c2, 80),
    'c1 to the host': tcp('c1', hostAt.four, 90),
    'c1 to the outside': tcp('c1', outside.four, 90),
    'c2 to the outside, IPv6': tcp('c2', outside.six, 90),
    'outside to port': tcp('outside', hostAt.four, 8080),
    'outside to port, udp': place.ask('outside', {
      protocol: 'udp',
      address: hostAt.four,
      port: 8080,
    }),
    'outside to port, IPv6': tcp('outside', hostAt.six, 8080),
    'host to port': tcp('host', hostAt.four, 8080),
    'host to localhost port': tcp('host', '127.0.0.1', 8080),
    'c2 to port': tcp('c2', hostAt.four, 8080),
    'c1 to its own port': tcp('c1', hostAt.four, 8080),
  })
  // Among containers Go's plugins hide who asks, ours do so for the one that asks itself.
  const whom = ([what, answer]: readonly [string, string | undefined]) =>
    [what, /^c\d to .*port$/.test(what) ? answer?.split(' ')[0] : answer] as const
  return { network: name, ...Object.fromEntries(Object.entries(said).map(whom)) }
}
