import {
  type ConnectOptions,
  connectContainer,
  createNetwork,
  disconnectContainer,
  removeNetworks,
} from '@vethra/engine'
import { type NetworkOptions, readPairs } from '@vethra/networks'
import type { Io } from '@vethra/world'
import type { Command } from 'commander'
import { gather, unsupported } from './flags.ts'
import { printInspected } from './network-inspect.ts'
import { type ListFlags, printNetworks } from './network-list.ts'
import { pruneNetworks } from './network-prune.ts'
import { subcommand } from './program.ts'
import type { Tools } from './tools.ts'

/** `vethra network create|ls|inspect|rm`. */
export function networkCommand(program: Command, open: () => Promise<Tools>, io: Io): void {
  const network = subcommand(
    program,
    'network',
    'networks: create, list, inspect, connect, remove',
    ['vethra network create lan', 'vethra network ls', 'vethra network connect lan web'],
  )
  addCreate(network, open, io)
  addConnecting(network, open, io)
  addListing(network, open, io)
  subcommand(network, 'rm <network...>', 'remove networks, with bridge, rules and reservations', [
    'vethra network rm lan',
  ])
    .alias('remove')
    .action(async (names: string[]) => {
      await removeNetworks(await open(), names)
      for (const name of names) io.print(name, `network ${name} is removed`)
    })
  subcommand(network, 'prune', 'remove all networks that no container uses', [
    'vethra network prune --force',
    'vethra network prune --force --filter label=team=web',
  ])
    .option('-f, --force', 'remove them without asking', false)
    .option('--filter <key=value>', filterHelp, gather, [])
    .action(async (flags: { force: boolean; filter: readonly string[] }) =>
      pruneNetworks(await open(), flags, io),
    )
}

const filterHelp = 'name=REGEX, label=KEY[=VALUE], driver=TYPE or id=START (repeatable)'

const driverOptions = `
Options of -o (docker's names in brackets):
  mtu=N                      default: that of the way out
                             [com.docker.network.driver.mtu]
  icc=false                  keep containers of the network apart; bridge
                             [com.docker.network.bridge.enable_icc]
  ip-masq=false              no source NAT on the way out; bridge
                             [com.docker.network.bridge.enable_ip_masquerade]
  parent=DEVICE              default: that of the way out; macvlan, ipvlan
  mode=bridge, mode=l2|l3    macvlan, ipvlan [macvlan_mode, ipvlan_mode]
  vethra.allow-overlap=true  take a --subnet that something else has, too`

function addCreate(network: Command, open: () => Promise<Tools>, io: Io): void {
  subcommand(network, 'create <name>', 'create a network; prints its id', [
    'vethra network create lan',
    'vethra network create --subnet 10.20.0.0/24 --gateway 10.20.0.254 lan',
    'vethra network create --internal -o mtu=1400 --label team=web backend',
  ])
    .option('-d, --driver <driver>', 'bridge, macvlan or ipvlan', 'bridge')
    .option('--subnet <cidr>', 'addresses of the network (repeatable)', gather, [])
    .option('--gateway <ip>', 'the gateway of a subnet (repeatable)', gather, [])
    .option('--ip-range <cidr>', 'give addresses from this part only (repeatable)', gather, [])
    .option('--aux-address <name=ip>', 'an address to keep free (repeatable)', gather, [])
    .option('--ipv4 <true|false>', 'have IPv4 addresses', 'true')
    .option('--ipv6', 'have IPv6 addresses', false)
    .option('--internal', 'no way out and no published ports', false)
    .option('--ipam-driver <driver>', 'default, host-local, dhcp or static', 'default')
    .option('--ipam-opt <key=value>', 'an option of the IPAM driver (repeatable)', gather, [])
    .option('-o, --opt <key=value>', 'an option of the driver (repeatable)', gather, [])
    .option('--label <key=value>', 'a label (repeatable)', gather, [])
    .addHelpText('after', driverOptions)
    .action(async (name: string, flags: CreateFlags) => {
      const { id, notes } = await createNetwork(await open(), optionsOf(name, flags))
      for (const note of notes) io.complain(`note: ${note}`)
      io.print(id, `network ${name} exists, its id is ${id}`)
    })
}

function addConnecting(network: Command, open: () => Promise<Tools>, io: Io): void {
  subcommand(network, 'connect <network> <container>', 'connect a container, running or not', [
    'vethra network connect backend web',
    'vethra network connect --ip 10.4.2.9 --alias db backend web',
  ])
    .option('--ip <ip>', 'the IPv4 address there')
    .option('--ip6 <ip>', 'the IPv6 address there')
    .option('--mac-address <mac>', 'the hardware address there')
    .option('--alias <name>', 'another name there (repeatable)', gather, [])
    .action(async (network: string, container: string, flags: ConnectOptions) =>
      connectContainer(await open(), { network, container }, flags),
    )
  subcommand(network, 'disconnect <network> <container>', 'disconnect a container', [
    'vethra network disconnect backend web',
  ])
    .option('-f, --force', 'forget it even when a plugin fails', false)
    .action(async (network: string, container: string, flags: { force: boolean }) => {
      const warnings = await disconnectContainer(await open(), { network, container }, flags)
      for (const each of warnings) io.complain(`warning: ${each}`)
    })
}

function addListing(network: Command, open: () => Promise<Tools>, io: Io): void {
  subcommand(network, 'ls', 'list networks', [
    'vethra network ls',
    'vethra network ls --filter label=team=web --format json',
    "vethra network ls --format '{{.Name}} {{.Driver}}'",
  ])
    .alias('list')
    .option('-q, --quiet', 'ids only', false)
    .option('--no-trunc', 'cut nothing short')
    .option('-f, --filter <key=value>', filterHelp, gather, [])
    .option('--format <format>', 'table, json or a template', 'table')
    .action(async (flags: ListFlags) => printNetworks(await open(), flags, io))
  subcommand(network, 'inspect <network...>', 'show networks and the containers in them', [
    'vethra network inspect lan',
    'vethra network inspect --mode native lan',
  ])
    .option('--mode <mode>', 'dockercompat or native', 'dockercompat')
    .option('-f, --format <format>', 'json or a template', 'json')
    .action(async (names: string[], flags: { mode: string; format: string }) =>
      printInspected(await open(), names, flags, io),
    )
}

interface CreateFlags {
  readonly driver: string
  readonly subnet: readonly string[]
  readonly gateway: readonly string[]
  readonly ipRange: readonly string[]
  readonly auxAddress: readonly string[]
  readonly ipv4: string
  readonly ipv6: boolean
  readonly internal: boolean
  readonly ipamDriver: string
  readonly ipamOpt: readonly string[]
  readonly opt: readonly string[]
  readonly label: readonly string[]
}

function optionsOf(name: string, flags: CreateFlags): NetworkOptions {
  const { driver, ipv4 } = flags
  if (driver !== 'bridge' && driver !== 'macvlan' && driver !== 'ipvlan') {
    throw unsupported(
      '--driver',
      driver,
      'bridge, macvlan or ipvlan',
      `unsupported cni driver "${driver}"`,
    )
  }
  if (ipv4 !== 'true' && ipv4 !== 'false') throw unsupported('--ipv4', ipv4, 'true or false')
  return {
    name,
    driver,
    subnets: flags.subnet,
    ipv4: ipv4 === 'true',
    ipv6: flags.ipv6,
    gateways: flags.gateway,
    ipRanges: flags.ipRange,
    auxAddresses: flags.auxAddress,
    internal: flags.internal,
    ipamDriver: flags.ipamDriver,
    ipamOptions: readPairs(flags.ipamOpt),
    options: readPairs(flags.opt),
    labels: readPairs(flags.label),
  }
}
