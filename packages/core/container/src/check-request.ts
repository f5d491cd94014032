import { usageError } from '@vethra/cni'
import { checkDns, checkDomain, checkHostname } from '@vethra/names'
import { checkIpv4, checkIpv6, isIpv4, isIpv6, parseMac } from './addresses.ts'
import { checkIds, checkName, checkNamespace, checkRef } from './check-names.ts'
import { type NetworkMode, networkMode } from './network-mode.ts'
import type { BundleRequest, NetworkRequest } from './request.ts'
import { requestedNetworks } from './requested-networks.ts'

/** How long a hostname or domain name may be: __NEW_UTS_LEN of the kernel, sethostname(2). */
export const utsLength: number = 64

/** Throws CniError 3, 4, 103 or 107 on the first invalid name, address, domain or combination of options. */
export function checkRequest(request: BundleRequest): void {
  checkIds(request.namespace, request.id)
  checkNamespace(request.namespace)
  if (request.name !== undefined) checkName(request.name)
  checkOptions(request)
  checkOwnNames(request)
  for (const network of requestedNetworks(request)) checkNetwork(network)
  for (const [name, ip] of request.extraHosts) checkExtraHost(name, ip)
  checkDns(request.dns, 'cli')
  checkPorts(request.ports.length)
}

/** So many ports one container publishes: as many as portmap takes in this process. */
const mostPorts = 32_768

function checkPorts(count: number): void {
  if (count <= mostPorts) return
  throw usageError(
    `-p/--publish means ${count} ports, more than ${mostPorts}`,
    'Publish fewer, or give the container the network of the host: --network host.',
  )
}

/** Throws CniError 103 unless reference, addresses and aliases of one network request can be. */
export function checkNetwork(network: NetworkRequest): void {
  checkRef(network.ref)
  if (network.ip !== undefined) checkIpv4('--ip', network.ip)
  if (network.ip6 !== undefined) checkIpv6('--ip6', network.ip6)
  if (network.macAddress !== undefined) parseMac('--mac-address', network.macAddress)
  for (const alias of network.aliases) checkHostname(alias)
}

/** Throws CniError 103 unless the pair can be a line of a hosts file. */
export function checkExtraHost(name: string, ip: string): void {
  checkHostname(name)
  if (isIpv4(ip) || isIpv6(ip)) return
  const value = `${name}:${ip}`.slice(0, 128)
  throw usageError(`invalid IP address in add-host: ${JSON.stringify(value)}`, 'Write NAME:IP.')
}

function checkOwnNames({ hostname, domainname }: BundleRequest): void {
  if (hostname !== undefined) checkHostname(hostname)
  if (domainname !== undefined) checkDomain(domainname)
  const long = [hostname, domainname].find((text) => text !== undefined && text.length > utsLength)
  if (long === undefined) return
  throw usageError(
    `the kernel refuses a name of ${long.length} characters: ${JSON.stringify(long)}`,
    `Give a hostname and a domain name of at most ${utsLength} characters each.`,
  )
}

function checkOptions(request: BundleRequest): void {
  const mode = networkMode(request.networks)
  if (request.utsHost && (request.hostname !== undefined || request.domainname !== undefined)) {
    throw usageError(
      'conflicting options: cannot set --hostname and/or --domainname with --uts=host',
      'Leave out --uts, or the names.',
    )
  }
  if (mode === 'container') checkContainerMode(request)
  if (mode !== 'cni') checkNoAddresses(request, mode)
}

// Left out without a word, they would be missed only when somebody looks for the container there.
function checkNoAddresses(request: BundleRequest, mode: NetworkMode): void {
  const given = givenOf({
    '--ip': request.ip,
    '--ip6': request.ip6,
    '--mac-address': request.macAddress,
    '--network-alias': request.aliases[0],
  })
  if (given.length === 0) return
  throw usageError(
    `conflicting options: ${given.join(' ')} with --network ${mode}, which attaches the container to no network`,
    'Leave it out, or name a network.',
  )
}

function checkContainerMode(request: BundleRequest): void {
  const given = givenOf({
    '--hostname': request.hostname,
    '--domainname': request.domainname,
    '-p/--publish': request.ports[0],
    '--dns': request.dns.servers,
    '--add-host': request.extraHosts[0],
  })
  if (given.length === 0) return
  throw usageError(
    `conflicting options: the following arguments are not supported when using \`--network=container:<container>\`: [${given.join(' ')}]`,
    'Give them to the container whose network is shared.',
  )
}

// The flags whose value, or first value, is not undefined.
function givenOf(flags: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(flags).filter((flag) => flags[flag] !== undefined)
}
