import { resolve } from 'node:path'
import { attempt, usageError } from '@vethra/cni'
import { type BundleFlags, checkIds } from '@vethra/container'
import { prepareBundle, type RemoveOptions } from '@vethra/engine'
import type { Command } from 'commander'
import type { Call } from './call.ts'
import { forgetContainers } from './container-remove.ts'
import { gather } from './flags.ts'
import { openTools } from './open-world.ts'
import { subcommand } from './program.ts'

interface PrepareFlags extends BundleFlags {
  readonly dnsOpt: readonly string[]
  readonly net: readonly string[]
  readonly dryRun: boolean
}

/** `vethra bundle prepare|rm`. */
export function bundleCommand(program: Command, call: Call): void {
  const bundle = subcommand(program, 'bundle', {
    help: 'OCI bundles: prepare them for networks, and remove their records',
    examples: ['vethra bundle prepare ./web --id web --network lan', 'vethra bundle rm web'],
  })
  addPrepare(bundle, call)
  subcommand(bundle, 'rm <id...>', {
    help: 'remove the records of deleted containers, and restore config.json of their bundles',
    examples: ['vethra bundle rm web db'],
  })
    .alias('remove')
    .option(
      '-f, --force',
      'also remove records of attachments whose plugins fail, and report possible leftovers',
      false,
    )
    .option('--keep-config', 'do not restore config.json', false)
    .action(async (ids: string[], options: RemoveOptions) =>
      forgetContainers(await openTools(call), { refs: ids, ...options }, call.io),
    )
}

function addPrepare(bundle: Command, call: Call): void {
  const prepare = subcommand(bundle, 'prepare <bundle>', {
    help: 'edit config.json so that the runtime attaches the container',
    examples: [
      'vethra bundle prepare ./web --id web --network lan -p 8080:80',
      'vethra bundle prepare ./db --id db --network lan:ip=10.4.1.9,alias=sql',
      'vethra bundle prepare ./web --id web --dry-run',
    ],
  })
  addNetworkFlags(prepare)
  addNameFlags(prepare)
  prepare
    .option('--dry-run', 'print the plan as JSON, and change nothing', false)
    .addHelpText(
      'after',
      '\nThe global flags --dns and --dns-search set the nameservers and search list in resolv.conf.',
    )
    .action(async (folder: string, given: PrepareFlags) => {
      const { dryRun, dnsOpt, net } = given
      const network = [...given.network, ...net]
      const flags = { ...given, network, dnsOption: [...given.dnsOption, ...dnsOpt] }
      const asked = { folder: resolve(folder), flags, dryRun }
      const tools = await openTools(call)
      checkId(tools.settings.namespace, given.id)
      const prepared = await prepareBundle(tools, asked, call.io)
      if (dryRun) call.io.print(JSON.stringify(prepared, null, 2))
    })
}

// Before it names a lock or a folder.
function checkId(namespace: string, id: string): void {
  const check = () => checkIds(namespace, id)
  attempt(check, (cause) => {
    throw usageError(`invalid --id ${JSON.stringify(id.slice(0, 64))}`, { cause })
  })
}

function addNetworkFlags(prepare: Command): void {
  prepare
    .requiredOption('--id <id>', 'the id of the container in the runtime')
    .option('--name <name>', 'a name that other containers can resolve')
    .option(
      '--network <net>',
      'NET[:ip=IP,ip6=IP,mac=MAC,alias=NAME], host, none, container:ID or ns:PATH (repeatable)',
      gather,
      [],
    )
    .option('--net <net>', 'alias of --network, as in docker', gather, [])
    .option('--uts <uts>', 'host: share the hostname of the host')
    .option(
      '-p, --publish <portspec>',
      '[[HOSTIP:][HOSTPORT]:]PORT[/PROTOCOL] (repeatable)',
      gather,
      [],
    )
    .option('--ip <ip>', 'the IPv4 address in the first network')
    .option('--ip6 <ip>', 'the IPv6 address in the first network')
    .option('--mac-address <mac>', 'the MAC address in the first network')
}

function addNameFlags(prepare: Command): void {
  prepare
    .option('--dns-option <option>', 'an option of resolv.conf (repeatable)', gather, [])
    .option('--dns-opt <option>', 'alias of --dns-option, as in docker', gather, [])
    .option('--add-host <name:ip>', 'a line of the hosts file (repeatable)', gather, [])
    .option('--hostname <name>', 'the hostname; default: the first 12 characters of the id')
    .option('--domainname <name>', 'the domain name')
    .option('--network-alias <name>', 'another name in the first network (repeatable)', gather, [])
}
