import { allSaid, hostAt, outside, outsideSetUp } from './engine-host.ts'
import { executable, type Host, openHost, plugins } from './host.ts'
import { type Agent, startAgent } from './traffic.ts'

/** The six ways that packets go, by name. */
export const packetWays = [
  'container to container',
  'container to outside',
  'outside to port',
  'host to port',
  'localhost to port',
  'container to port',
] as const

/** Whether packets went each way, in IPv4 and IPv6. */
export type Passed = Readonly<Record<(typeof packetWays)[number], boolean>>

/** A host with two containers, one of which publishes a port, and a machine outside of it. */
export interface FirewallHost {
  readonly host: Host
  /** Runs a script on the host; rejects with what it said where it fails. */
  sh(script: string): Promise<string>
  /** Attaches both containers. Rejects with the error of an ADD that fails. */
  attach(): Promise<void>
  /** The commands that the doctor names for owners of firewalls. */
  told(): Promise<readonly string[]>
  /** Sends packets every way. */
  send(): Promise<Passed>
  close(): Promise<void>
}

/** Opens such a host. Close it. */
export async function openFirewallHost(choice: 'native' | 'exec'): Promise<FirewallHost> {
  const host = await openHost({ plugins: choice })
  const agents = new Map<string, Agent>()
  const sh = async (script: string) => {
    const { exitCode, stdout, stderr } = await host.run(['sh', '-ec', script])
    if (exitCode !== 0) throw new Error(`${script}: ${stderr}${stdout}`)
    return stdout
  }
  await sh(`${outsideSetUp}\nip netns add a; ip netns add b`)
  const subnets = ['--subnet', '10.4.0.0/24', '--ipv6', '--subnet', 'fd00:4::/64']
  const made = await host.vethra('network', 'create', ...subnets, 'lan')
  if (made.exitCode !== 0) throw new Error(made.stderr)
  const serve = async (netns: string) => agents.set(netns, await startAgent(host, netns, [80]))
  await serve('outside')
  agents.set('host', await startAgent(host, 'host', []))
  const ask = async (from: string, address: string, port: number) =>
    (await agents.get(from)?.ask({ protocol: 'tcp', address, port })) ?? ''
  const attachOne = async (name: string, hostPort?: number) => {
    const mapping = { hostPort, containerPort: 80, protocol: 'tcp' }
    const env = {
      CNI_PATH: plugins,
      ...(hostPort ? { CAP_ARGS: JSON.stringify({ portMappings: [mapping] }) } : {}),
    }
    const argv = [executable, 'cni', 'add', 'lan', `/run/netns/${name}`]
    const { exitCode, stdout, stderr } = await host.run(argv, { env })
    if (exitCode !== 0) throw new Error(stderr)
    await serve(name)
    const ips: readonly { address: string }[] = JSON.parse(stdout).ips
    return ips.map(({ address }) => address.replace(/\/.*/, ''))
  }
  let addresses: readonly string[] = []
  return {
    host,
    sh,
    attach: async () => {
      addresses = await attachOne('a', 8080)
      await attachOne('b')
      await sh('while ip -6 addr show tentative | grep -q inet6; do sleep 0.1; done')
    },
    told: async () => {
      const { stdout } = await host.vethra('doctor', '--format', 'json')
      const findings: readonly { Kind: string; Fix: string }[] = JSON.parse(stdout)
      return findings.flatMap(({ Kind, Fix }) => (Kind === 'forwarding-refused' ? [Fix] : []))
    },
    send: async () => {
      const [four = '', six = ''] = addresses
      const said = await allSaid({
        'container to container 4': ask('b', four, 80),
        'container to container 6': ask('b', six, 80),
        'container to outside 4': ask('b', outside.four, 80),
        'container to outside 6': ask('b', outside.six, 80),
        'outside to port 4': ask('outside', hostAt.four, 8080),
        'outside to port 6': ask('outside', hostAt.six, 8080),
        'host to port 4': ask('host', hostAt.four, 8080),
        'host to port 6': ask('host', hostAt.six, 8080),
        'localhost to port 4': ask('host', '127.0.0.1', 8080),
        'container to port 4': ask('b', hostAt.four, 8080),
        'container to port 6': ask('b', hostAt.six, 8080),
      })
      const passed = (way: string) =>
        Object.entries(said).every(
          ([name, answer]) => !name.startsWith(way) || /^(a|outside) /.test(answer ?? ''),
        )
      return Object.fromEntries(packetWays.map((way) => [way, passed(way)])) as Passed
    },
    close: async () => {
      for (const agent of agents.values()) await agent.end()
      await host.run(['sh', '-c', 'kill $(cat /run/firewalld-test.pids) 2>/dev/null'])
      await host.close()
    },
  }
}
