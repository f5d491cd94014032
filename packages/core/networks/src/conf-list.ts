import { usageError } from '@vethra/cni'
import { auxLabel } from './aux-addresses.ts'
import type { UsedPrefix } from './choose-subnet.ts'
import type { Neighbours } from './decide-subnets.ts'
import { dnsLabel } from './dns-place.ts'
import { type DriverOptions, readDriverOptions } from './driver-options.ts'
import { bridgeName, checkName, nerdctlKey, networkId, ownKey } from './identity.ts'
import { type IpamConf, ipamConf } from './ipam-conf.ts'
import type { NetworkFacts, NetworkOptions, NewConfList } from './options.ts'
import { members, sortedMembers, type Written, writeJson } from './written-json.ts'

/** A new network's conf list in nerdctl's bytes, but for own, IPv6 route, MTU and ::1. Throws CniError 103 for options, 102 for subnets. */
export function networkConfList(options: NetworkOptions, facts: NetworkFacts): NewConfList {
  checkName(options.name)
  const driverOptions = readDriverOptions(options.driver, options.options)
  checkMtu(options, driverOptions)
  const conf = ipamConf(options, neighbours(options, driverOptions, facts), facts)
  const plugins =
    options.driver === 'bridge'
      ? bridgePlugins(options, driverOptions, { ...facts, ...conf })
      : [parentPlugin(options, driverOptions, conf)]
  const list = members([
    ['cniVersion', '1.0.0'],
    ['name', options.name],
    [driverOptions.own ? ownKey : nerdctlKey, networkId(options.name)],
    ['nerdctlLabels', labels(options, driverOptions, conf)],
    ['plugins', plugins],
  ])
  return { text: writeJson(list, '  '), notes: conf.notes }
}

// RFC 791 and RFC 8200: below these the kernel sets no MTU, or turns IPv6 off.
function checkMtu({ ipv6 }: NetworkOptions, { mtu }: DriverOptions): void {
  const least = leastMtu(ipv6)
  if (!mtu || mtu >= least) return
  throw usageError(
    `mtu ${mtu} is less than ${least}, which ${ipv6 ? 'IPv6' : 'IPv4'} needs`,
    `Give at least ${least}, or leave mtu out.`,
  )
}

function leastMtu(ipv6: boolean): number {
  return ipv6 ? 1280 : 68
}

// A bridge that was left behind is taken over, and a macvlan or ipvlan shares its parent's subnet.
function neighbours(
  { name, driver }: NetworkOptions,
  { parent, allowOverlap }: DriverOptions,
  { used, defaultDevice, bridge: given }: NetworkFacts,
): Neighbours {
  const bridge = driver === 'bridge' ? (given ?? bridgeName(name)) : undefined
  const avoided = used.filter(notOn(bridge))
  const shared = driver === 'bridge' ? undefined : (parent ?? defaultDevice)
  return { avoided, forbidden: allowOverlap ? [] : avoided.filter(notOn(shared)) }
}

function notOn(device: string | undefined): (used: UsedPrefix) => boolean {
  return (used) => device === undefined || used.device !== device
}

function bridgePlugins(
  options: NetworkOptions,
  { mtu, ipMasq, icc }: DriverOptions,
  facts: NetworkFacts & IpamConf,
): readonly Written[] {
  const outward = !options.internal
  const bridge = members([
    ['type', 'bridge'],
    ['bridge', facts.bridge ?? bridgeName(options.name)],
    ['isGateway', outward || undefined],
    ['ipMasq', (outward && ipMasq) || undefined],
    ['mtu', mtu === undefined ? unusual(facts.defaultMtu, options) : mtu || undefined],
    ['hairpinMode', true],
    ['ipam', facts.ipam],
    ['capabilities', facts.ips ? members([['ips', true]]) : undefined],
  ])
  const portmap = members([
    ['type', 'portmap'],
    // No packet from ::1 leaves the host (RFC 4291, 2.5.3): led to the container, it would get no answer.
    ['conditionsV6', options.ipv6 ? ['!', '-d', '::1'] : undefined],
    ['capabilities', members([['portMappings', true]])],
  ])
  const firewall = members([
    ['type', 'firewall'],
    ['ingressPolicy', icc ? 'same-bridge' : isolated(options, facts)],
  ])
  return [bridge, ...(outward ? [portmap] : []), firewall, members([['type', 'tuning']])]
}

function unusual(mtu = 0, { ipv6 }: NetworkOptions): number | undefined {
  return mtu === 1500 || mtu === 0 ? undefined : Math.max(mtu, leastMtu(ipv6))
}

// nerdctl only warns here, and leaves the containers open to each other.
function isolated(options: NetworkOptions, { isolation }: NetworkFacts): string {
  if (isolation?.supported) return 'isolated'
  const why = isolation?.why ?? 'the firewall plugin was not asked whether it can'
  throw usageError(
    `cannot isolate the containers of network ${options.name} from each other: ${why}`,
    'Install the CNI firewall plugin 1.7.1 or newer, or leave icc out.',
  )
}

function parentPlugin(
  { driver }: NetworkOptions,
  { parent, mode, mtu }: DriverOptions,
  { ipam, ips }: IpamConf,
): Written {
  return members([
    ['type', driver],
    ['master', parent ?? ''],
    ['mode', mode],
    ['mtu', mtu || undefined],
    ['ipam', ipam],
    ['capabilities', ips ? members([['ips', true]]) : undefined],
  ])
}

function labels(
  options: NetworkOptions,
  { dns }: DriverOptions,
  conf: IpamConf,
): Written | undefined {
  if (Object.hasOwn(options.labels, auxLabel))
    throw usageError(
      `internal label "${auxLabel}" must not be specified manually`,
      'Give the addresses with --aux-address.',
    )
  if (Object.hasOwn(options.labels, ''))
    throw usageError(`label "=${options.labels['']}" has no key`, 'Write it as KEY=VALUE or KEY.')
  const own: readonly [string, string | undefined][] = [
    [auxLabel, conf.auxLabel],
    [dnsLabel, dns === undefined ? options.labels[dnsLabel] : String(dns)],
  ]
  const all = sortedMembers([...Object.entries(options.labels), ...own])
  return all.size > 0 ? all : undefined
}
