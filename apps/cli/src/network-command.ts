import type { Command } from 'commander'
import type { Call } from './call.ts'
import { gather, gatherFilters, saysNo } from './flags.ts'
import type { ListFlags } from './listing.ts'
import type { ConnectFlags, DisconnectFlags } from './network-connect.ts'
import type { CreateFlags } from './network-create.ts'
import type { InspectFlags } from './network-inspect.ts'
import type { PruneFlags, RemoveFlags } from './network-remove.ts'
import { openNetworks, openTools } from './open-world.ts'
import { subcommand } from './program.ts'

/** `vethra network create|connect|disconnect|ls|inspect|exists|rm|prune`. Each subcommand is loaded when it runs. */
export function networkCommand(program: Command, call: Call): void {
  const network = subcommand(program, 'network', {
    help: 'networks: create, list, inspect, connect, remove',
    examples: ['vethra network create lan', 'vethra network ls', 'vethra network connect lan web'],
  })
  addCreate(network, call)
  addConnecting(network, call)
  addListing(network, call)
  addRemoving(network, call)
  subcommand(network, 'exists <network>', {
    help: 'exit with 0 when the network exists, else with 1',
    examples: ['vethra network exists lan || vethra network create lan'],
  }).action(async (name: string) => {
    const { isMissing } = await import('./network-inspect.ts')
    if (await isMissing(await openNetworks(call), name)) throw saysNo()
  })
}

const dryRunHelp = 'print the plan as JSON, and change nothing'

function addRemoving(network: Command, call: Call): void {
  subcommand(network, 'rm <network...>', {
    help: 'remove networks, with bridge, rules and reservations',
    examples: ['vethra network rm lan', 'vethra network rm --dry-run lan back'],
  })
    .alias('remove')
    .option('-f, --force', 'ignore missing networks', false)
    .option('--dry-run', dryRunHelp, false)
    .action(async (names: string[], flags: RemoveFlags) => {
      const { printRemoved } = await import('./network-remove.ts')
      await printRemoved(await openTools(call), { names, ...flags }, call.io)
    })
  subcommand(network, 'prune', {
    help: 'remove all networks that no container uses',
    examples: [
      'vethra network prune --force',
      'vethra network prune --force --filter until=24h --filter label=team=web',
    ],
  })
    .option('-f, --force', 'remove them; without it they are only named', false)
    .option('--filter <key=value>', filterHelp, gatherFilters(call.io.now), [])
    .option('--dry-run', dryRunHelp, false)
    .action(async (flags: PruneFlags) => {
      const { printPruned } = await import('./network-remove.ts')
      await printPruned(await openTools(call), flags, call.io)
    })
}

const filterHelp =
  'name=REGEX, label=KEY[=VALUE], label!=…, driver=TYPE, id=START or until=24h (made before that; repeatable)'

const driverOptions = `
Options of -o (docker's names in brackets):
  mtu=N                      default: that of the default route
                             [com.docker.network.driver.mtu]
  icc=false                  isolate the containers of the network; bridge
                             [com.docker.network.bridge.enable_icc]
  ip-masq=false              no source NAT for outgoing packets; bridge
                             [com.docker.network.bridge.enable_ip_masquerade]
  parent=DEVICE              default: that of the default route; macvlan, ipvlan
  mode=bridge, mode=l2|l3    macvlan, ipvlan [macvlan_mode, ipvlan_mode]
  vethra.own=true            nerdctl can use it, but not remove or prune it
  vethra.dns=false           names by hosts files alone; default: by DNS, too,
                             while the daemon or "vethra dns" runs
  vethra.allow-overlap=true  allow a --subnet that overlaps another one in use`

function addCreate(network: Command, call: Call): void {
  subcommand(network, 'create <name>', {
    help: 'create a network; prints its id',
    examples: [
      'vethra network create lan',
      'vethra network create --subnet 10.20.0.0/24 --gateway 10.20.0.254 lan',
      'vethra network create --internal -o mtu=1400 --label team=web backend',
    ],
  })
    .option('-d, --driver <driver>', 'bridge, macvlan or ipvlan', 'bridge')
    .option('--subnet <cidr>', 'a subnet of the network (repeatable)', gather, [])
    .option('--gateway <ip>', 'the gateway of a subnet (repeatable)', gather, [])
    .option('--ip-range <cidr>', 'assign addresses from this range only (repeatable)', gather, [])
    .option('--aux-address <name=ip>', 'an address that is never assigned (repeatable)', gather, [])
    .option('--ipv4 <true|false>', 'assign IPv4 addresses', 'true')
    .option('--ipv6', 'assign IPv6 addresses', false)
    .option('--internal', 'no default route and no published ports', false)
    .option('--ipam-driver <driver>', 'default, host-local, dhcp or static', 'default')
    .option('--ipam-opt <key=value>', 'an option of the IPAM driver (repeatable)', gather, [])
    .option('-o, --opt <key=value>', 'an option of the driver (repeatable)', gather, [])
    .option('--label <key=value>', 'a label (repeatable)', gather, [])
    .option('--dry-run', dryRunHelp, false)
    .addHelpText('after', driverOptions)
    .action(async (name: string, flags: CreateFlags) => {
      const { printCreated } = await import('./network-create.ts')
      await printCreated(await openTools(call), { name, ...flags }, call.io)
    })
}

function addConnecting(network: Command, call: Call): void {
  subcommand(network, 'connect <network> <container>', {
    help: 'connect a container, running or not',
    examples: [
      'vethra network connect backend web',
      'vethra network connect --ip 10.4.2.9 --alias db backend web',
    ],
  })
    .option('--ip <ip>', 'its IPv4 address in the network')
    .option('--ip6 <ip>', 'its IPv6 address in the network')
    .option('--mac-address <mac>', 'its MAC address in the network')
    .option('--alias <name>', 'another name in the network (repeatable)', gather, [])
    .option('--dry-run', dryRunHelp, false)
    .action(async (network: string, container: string, flags: ConnectFlags) => {
      const { connect } = await import('./network-connect.ts')
      await connect(await openTools(call), { network, container, ...flags }, call.io)
    })
  subcommand(network, 'disconnect <network> <container>', {
    help: 'disconnect a container',
    examples: ['vethra network disconnect backend web'],
  })
    .option('-f, --force', 'remove its record even when a plugin fails', false)
    .option('--dry-run', dryRunHelp, false)
    .action(async (network: string, container: string, flags: DisconnectFlags) => {
      const { disconnect } = await import('./network-connect.ts')
      await disconnect(await openTools(call), { network, container, ...flags }, call.io)
    })
}

function addListing(network: Command, call: Call): void {
  subcommand(network, 'ls', {
    help: 'list networks',
    examples: [
      'vethra network ls',
      'vethra network ls --filter label=team=web --format json',
      "vethra network ls --format '{{.Name}} {{.Driver}}'",
    ],
  })
    .alias('list')
    .option('-q, --quiet', 'ids only', false)
    .option('--no-trunc', 'do not truncate')
    .option('-f, --filter <key=value>', filterHelp, gatherFilters(call.io.now), [])
    .option('--format <format>', 'table, json or a template', 'table')
    .action(async (flags: ListFlags) => {
      const { printNetworks } = await import('./network-list.ts')
      await printNetworks(await openNetworks(call), flags, call.io)
    })
  subcommand(network, 'inspect <network...>', {
    help: 'show networks and the containers in them',
    examples: ['vethra network inspect lan', 'vethra network inspect --mode native lan'],
  })
    .option('--mode <mode>', 'dockercompat or native', 'dockercompat')
    .option('-f, --format <format>', 'json or a template', 'json')
    .action(async (names: string[], flags: InspectFlags) => {
      const { printInspected } = await import('./network-inspect.ts')
      await printInspected(await openTools(call), { refs: names, ...flags }, call.io)
    })
}
