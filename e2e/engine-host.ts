import type { JsonObject, Result } from '@vethra/cni'
import type { EngineOperation, EngineOutcome } from './engine-attach.ts'
import { type Host, openHost } from './host.ts'
import { type Agent, type Question, startAgent } from './traffic.ts'

/** A container of a test: its network, its addresses and the plugins behind `bridge`. */
export interface TestContainer {
  readonly name: string
  /** Default: `eth0`. */
  readonly ifname?: string
  readonly bridge: string
  /** `10.4.0.2/24`. */
  readonly addresses: readonly string[]
  /** Keys over those of `bridge` as our networks have it. */
  readonly bridgeConf?: JsonObject
  readonly chained?: readonly JsonObject[]
}

/** A host with containers that the engine attached, and a machine outside of it. */
export interface EngineHost {
  readonly host: Host
  /** Attaches a container in a namespace of its name, made if missing. Rejects with the error's words. */
  attach(container: TestContainer): Promise<Result>
  /** Detaches it: its interface is deleted or taken down alone, or its namespace is gone. Default: deleted. */
  detach(container: TestContainer, how?: 'delete' | 'down' | 'gone'): Promise<EngineOutcome>
  check(container: TestContainer): Promise<EngineOutcome>
  run(operation: EngineOperation): Promise<EngineOutcome>
  /** Asks from a namespace: `outside`, `host`, or a container's name. */
  ask(from: string, question: Question): Promise<string>
  /** Starts an agent that serves in a namespace. */
  serve(netns: string, ...ports: readonly number[]): Promise<void>
  /** Ends the agent in a namespace: nothing of ours holds it any more. */
  endAgent(netns: string): Promise<void>
  /** Runs a script on the host; rejects with its standard error where it fails. */
  sh(script: string): Promise<string>
  close(): Promise<void>
}

const root = new URL('..', import.meta.url).pathname
const attacher = [`${root}node_modules/.bin/bun`, `${root}e2e/engine-attach.ts`]

/** The outside's addresses, and those of the host towards it. */
export const outside = { four: '198.51.100.2', six: '2001:db8:9::2' } as const
/** The host's addresses towards the outside. */
export const hostAt = { four: '198.51.100.1', six: '2001:db8:9::1' } as const

/** The script that makes namespace `outside`, which knows no way to containers but through the host's own address. */
export const outsideSetUp: string = `
ip netns add outside
ip link add up0 type veth peer name eth0 netns outside
ip addr add ${hostAt.four}/24 dev up0
ip -6 addr add ${hostAt.six}/64 dev up0 nodad
ip link set up0 up
ip -n outside link set lo up
ip -n outside addr add ${outside.four}/24 dev eth0
ip -n outside -6 addr add ${outside.six}/64 dev eth0 nodad
ip -n outside link set eth0 up
`

/** Opens such a host. Close it. */
export async function openEngineHost(): Promise<EngineHost> {
  const host = await openHost()
  const agents = new Map<string, Promise<Agent>>()
  const sh = async (script: string) => {
    const { exitCode, stdout, stderr } = await host.run(['sh', '-ec', script])
    if (exitCode !== 0) throw new Error(`${script}: ${stderr}`)
    return stdout
  }
  await sh(outsideSetUp)
  const results = new Map<string, Result>()
  const run = async (operation: EngineOperation): Promise<EngineOutcome> => {
    const { stdout, stderr } = await host.run(attacher, { input: JSON.stringify(operation) })
    if (stdout === '') throw new Error(stderr)
    return JSON.parse(stdout) as EngineOutcome
  }
  const operate = (
    container: TestContainer,
    more: Pick<EngineOperation, 'verb' | 'netns' | 'links'>,
  ) => {
    const previous = results.get(keyOf(container))
    return run({
      network: `net-${container.bridge}`,
      containerId: container.name,
      ...(container.ifname === undefined ? {} : { ifname: container.ifname }),
      plugins: [bridgeConf(container), ...(container.chained ?? [])],
      ...(previous && more.verb !== 'add' ? { previous } : {}),
      ...more,
    })
  }
  return {
    host,
    sh,
    run,
    attach: async (container) => {
      const netns = `/run/netns/${container.name}`
      await sh(`[ -e ${netns} ] || ip netns add ${container.name}`)
      const outcome = await operate(container, { verb: 'add', netns })
      if ('error' in outcome || outcome.result === undefined)
        throw new Error(JSON.stringify(outcome))
      results.set(keyOf(container), outcome.result)
      return outcome.result
    },
    detach: (container, how = 'delete') =>
      how === 'gone'
        ? operate(container, { verb: 'del', netns: '' })
        : operate(container, { verb: 'del', netns: `/run/netns/${container.name}`, links: how }),
    check: (container) =>
      operate(container, { verb: 'check', netns: `/run/netns/${container.name}` }),
    ask: async (from, question) => {
      const agent = agents.get(from) ?? startAgent(host, from, [])
      agents.set(from, agent)
      return (await agent).ask(question)
    },
    serve: async (netns, ...ports) => {
      await (await agents.get(netns))?.end()
      const agent = startAgent(host, netns, ports)
      agents.set(netns, agent)
      await agent
    },
    endAgent: async (netns) => {
      await (await agents.get(netns))?.end()
      agents.delete(netns)
    },
    close: async () => {
      for (const agent of agents.values()) await (await agent).end()
      await host.close()
    },
  }
}

/** The answers to questions that are asked at once, by their names. */
export async function allSaid(
  asked: Readonly<Record<string, Promise<string> | undefined>>,
): Promise<Readonly<Record<string, string | undefined>>> {
  const said = Object.entries(asked).map(async ([name, answer]) => [name, await answer] as const)
  return Object.fromEntries(await Promise.all(said))
}

/** The conf of `portmap` that publishes ports on 8000 more, TCP and UDP. */
export function published(...ports: readonly number[]): JsonObject {
  const portMappings = ports.flatMap((port) =>
    ['tcp', 'udp'].map((protocol) => ({ protocol, hostPort: 8000 + port, containerPort: port })),
  )
  return { type: 'portmap', runtimeConfig: { portMappings } }
}

function keyOf({ name, ifname = 'eth0' }: TestContainer): string {
  return `${name} ${ifname}`
}

function bridgeConf({ bridge, addresses, bridgeConf = {} }: TestContainer): JsonObject {
  return {
    type: 'bridge',
    bridge,
    isGateway: true,
    ipMasq: true,
    hairpinMode: true,
    ipam: {
      type: 'static',
      addresses: addresses.map((address) => ({ address, gateway: gatewayOf(address) })),
      routes: addresses.map((address) => ({ dst: address.includes(':') ? '::/0' : '0.0.0.0/0' })),
    },
    ...bridgeConf,
  }
}

// `10.4.0.2/24` and `fd00:4::2/64`: the first of each subnet.
function gatewayOf(address: string): string {
  return address.replace(/[0-9a-f]+\/.*$/, '1')
}
