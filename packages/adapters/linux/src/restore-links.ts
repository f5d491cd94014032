import { writeFile } from 'node:fs/promises'
import { formatPrefix, readCidr } from '@vethra/address'
import { checkIfname, inUseError, ioError } from '@vethra/cni'
import type { ObservedLink, RepairedBridge, RepairedLink } from '@vethra/findings'
import { observedNetwork, openings } from './observed-network.ts'
import { failed, run } from './run.ts'

/** Makes a missing bridge with its former MAC, or gives a renamed one its name back, up and with its addresses. Throws CniError 5, 102. */
export async function restoreBridge(bridge: RepairedBridge): Promise<void> {
  const { name, mac, keepsMac, addresses, localPorts } = bridge
  checkIfname(name)
  const { links } = await observedNetwork()
  const there = links.find((link) => link.name === name)
  if (there && !there.bridge)
    throw inUseError(
      `${name} is not a bridge`,
      `Rename that interface: ip link set ${name} name ANOTHER`,
    )
  if (there === undefined) await makeBridge(bridge, links)
  else if (keepsMac && mac !== undefined && there.mac !== mac)
    await ip(['link', 'set', 'dev', name, 'address', mac])
  await ip(['link', 'set', 'dev', name, 'arp', 'on', 'up'])
  if (addresses.some(isV6)) {
    // Below that the kernel has no IPv6 there.
    if ((there?.mtu ?? leastMtu) < leastMtu)
      await ip(['link', 'set', 'dev', name, 'mtu', String(bridge.mtu ?? 1500)])
    await writeSetting(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, '0')
  }
  for (const address of addresses) await giveAddress(name, address, there?.addresses ?? [])
  const { routes, links: now } = await observedNetwork()
  const { deafAt = [] } = now.find((link) => link.name === name) ?? {}
  for (const address of addresses) {
    if (deafAt.includes(address)) await ip(localRoute(name, address))
    const subnet = readCidr(address)?.prefix
    const prefix = subnet === undefined ? '' : formatPrefix(subnet)
    const isThere = routes.some((each) => each.device === name && each.prefix === prefix)
    // One that leads elsewhere is another's: it stays, and the doctor goes on telling.
    if (subnet && !isThere) await ip(connectedRoute(name, address, prefix), /File exists/)
  }
  // portmap sets this, once, for what is sent to 127.0.0.1.
  if (localPorts) await writeSetting(`/proc/sys/net/ipv4/conf/${name}/route_localnet`, '1')
}

async function giveAddress(name: string, address: string, there: readonly string[]): Promise<void> {
  if (there.includes(address)) return
  const own = `${address.replace(/\/.*/, '')}/`
  // With another prefix it leads more than the subnet here, or less.
  for (const each of there.filter((other) => other.startsWith(own)))
    await ip(['addr', 'del', each, 'dev', name])
  // No other host has it: nothing waits until that is sure.
  const how = isV6(address) ? ['nodad'] : []
  await ip(['addr', 'add', address, 'dev', name, ...how], /File exists|already assigned/)
}

async function makeBridge(
  { name, mac, mtu, addresses }: RepairedBridge,
  links: readonly ObservedLink[],
): Promise<void> {
  const renamed = links.find(
    (each) =>
      each.bridge &&
      mac !== undefined &&
      each.mac === mac &&
      addresses.some((address) => each.addresses.includes(address)),
  )
  if (renamed) {
    // Kernels before 6.2 rename no interface that is up.
    const rename = ['link', 'set', 'dev', renamed.name, 'name', name]
    if ((await run('ip', rename)).status === 0) return
    await ip(['link', 'set', 'dev', renamed.name, 'down'])
    return ip(rename)
  }
  const options = [
    ...(mtu === undefined ? [] : ['mtu', String(mtu)]),
    ...(mac === undefined ? [] : ['address', mac]),
  ]
  // Plugins make it as well: whoever is first.
  await ip(['link', 'add', 'name', name, ...options, 'type', 'bridge'], /File exists/)
  await writeSetting(`/proc/sys/net/ipv6/conf/${name}/accept_ra`, '0')
}

// As the kernel makes it with an address.
function connectedRoute(name: string, address: string, prefix: string): readonly string[] {
  const from = address.replace(/\/.*/, '')
  const how = isV6(address) ? ['metric', '256'] : ['scope', 'link', 'src', from]
  return ['route', 'add', prefix, 'dev', name, 'proto', 'kernel', ...how]
}

function localRoute(name: string, address: string): readonly string[] {
  const own = address.replace(/\/.*/, '')
  const how = isV6(address) ? ['metric', '0'] : ['scope', 'host', 'src', own]
  return [...`route replace local ${own} dev ${name} table local proto kernel`.split(' '), ...how]
}

/** The least MTU of IPv6 (RFC 8200, section 5). */
const leastMtu = 1280

function isV6(address: string): boolean {
  return address.includes(':')
}

/** Makes a link a port of a bridge, gives it its MAC and settings, where they are given, and brings it up. Throws CniError 5. */
export async function restoreLink({
  name,
  bridge,
  mac,
  port,
  blocked,
}: RepairedLink): Promise<void> {
  checkIfname(name)
  const set = ['link', 'set', 'dev', name]
  if (bridge !== undefined) {
    checkIfname(bridge)
    await ip([...set, 'master', bridge])
  }
  if (mac !== undefined) await ip([...set, 'address', mac])
  if (port !== undefined) {
    const onOff = (on: boolean) => (on ? 'on' : 'off')
    const open = port.open ? ['locked', 'off', ...openings.flatMap((each) => [each, 'on'])] : []
    const given = ['hairpin', onOff(port.hairpin), 'isolated', onOff(port.isolated), ...open]
    await ip([...set, 'type', 'bridge_slave', ...given])
  }
  await ip([...set, 'up'])
  if (blocked) await ip([...set, 'type', 'bridge_slave', 'state', forwarding])
}

/** The state of a port that forwards (linux/if_bridge.h). */
const forwarding = '3'

async function ip(args: readonly string[], unless?: RegExp): Promise<void> {
  const outcome = await run('ip', args)
  if (outcome.status === 0 || unless?.test(outcome.stderr)) return
  throw failed(`ip ${args.join(' ')}`, outcome)
}

async function writeSetting(file: string, value: string): Promise<void> {
  try {
    await writeFile(file, value)
  } catch (cause) {
    // A kernel without IPv6 has no such setting.
    if ((cause as { code?: unknown }).code === 'ENOENT') return
    throw ioError(`cannot write ${file}`, { hint: 'Run as root.', cause })
  }
}
