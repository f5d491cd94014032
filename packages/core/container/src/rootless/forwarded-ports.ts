import { type Address, formatAddress, readAddress } from '@vethra/address'
import { type CniError, noProgramError } from '@vethra/cni'
import { readSocket } from '../held-sockets.ts'
import { joinHostPort, type PortMapping } from '../port-mapping.ts'
import type { ForwardedPort, NumberedPort, RootlessInfo } from './kit-answers.ts'

/** The mappings inside of RootlessKit: another address than `0.0.0.0` or loopback becomes the driver's, IPv6 ones give way to IPv4. */
export function innerPorts(
  mappings: readonly PortMapping[],
  info: RootlessInfo,
): readonly PortMapping[] {
  if (info.portDriver !== 'explicit') return mappings
  const inner = mappings.map((each) => innerPort(each, info))
  return inner.filter((each, index) => {
    const isCovered = (other: PortMapping, at: number) =>
      at !== index &&
      other.hostPort === each.hostPort &&
      other.protocol === each.protocol &&
      (other.hostIP === each.hostIP ? at < index : isEvery(other.hostIP))
    return !inner.some(isCovered)
  })
}

/** One mapping as it is inside, for whatever port driver. */
export function innerPort(mapping: PortMapping, info: RootlessInfo): PortMapping {
  if (info.portDriver !== 'explicit') return mapping
  return { ...mapping, hostIP: innerAddress(mapping.hostIP, info) }
}

/** Whether a mapping is among those that are published inside, by `innerPorts`. */
export function isInside(
  mapping: PortMapping,
  published: readonly PortMapping[],
  info: RootlessInfo,
): boolean {
  const { hostIP, hostPort, containerPort, protocol } = innerPort(mapping, info)
  return published.some(
    (each) =>
      each.hostPort === hostPort &&
      each.containerPort === containerPort &&
      each.protocol === protocol &&
      (each.hostIP === hostIP || (info.portDriver === 'explicit' && isEvery(each.hostIP))),
  )
}

function innerAddress(hostIP: string, info: RootlessInfo): string {
  const address = readAddress(hostIP)
  if (address === undefined || isEvery(hostIP)) return hostIP
  const { family, value } = address
  const isLoopback = family === 4 && value >> 24n === 127n
  if ((isLoopback && !info.avoidsLoopback) || hostIP === info.childIP) return hostIP
  return defaultChild(info)
}

function isEvery(hostIP: string): boolean {
  return hostIP === '' || hostIP === '0.0.0.0'
}

function defaultChild({ avoidsLoopback, childIP }: RootlessInfo): string {
  return avoidsLoopback && childIP !== '' ? childIP : '127.0.0.1'
}

/** The ports for RootlessKit to forward, in order; none for an implicit driver. Throws CniError 100 for one that cannot be forwarded. */
export function wantedForwards(
  mappings: readonly PortMapping[],
  info: RootlessInfo,
): readonly ForwardedPort[] {
  if (mappings.length === 0) return []
  if (info.portDriver === 'none') throw noDriver(info)
  if (info.portDriver === 'implicit') {
    for (const each of mappings) if (!isWhole(each.hostIP)) throw onlyWhole(each)
    return []
  }
  return mappings.flatMap((mapping) => {
    const { protocol, hostIP, hostPort } = mapping
    const address = readAddress(hostIP)
    const proto = address?.family === 6 && address.value === 0n ? `${protocol}6` : protocol
    const { hostIP: inner } = innerPort(mapping, info)
    const childIP = isEvery(inner) || inner === defaultChild(info) ? '' : inner
    const parentIP = hostIP === '' ? '0.0.0.0' : hostIP
    if (info.protos.includes(proto))
      return [{ proto, parentIP, parentPort: hostPort, childIP, childPort: hostPort }]
    const twin = mappings.some(
      (each) => isEvery(each.hostIP) && each.hostPort === hostPort && each.protocol === protocol,
    )
    if (proto.endsWith('6') && twin) return []
    throw noProtocol(mapping, proto, info)
  })
}

function isWhole(hostIP: string): boolean {
  return isEvery(hostIP) || readAddress(hostIP)?.value === 0n
}

/** A forwarded port as people read it: `0.0.0.0:8080/tcp`. */
export function formatForward({ proto, parentIP, parentPort }: ForwardedPort): string {
  return `${joinHostPort(parentIP, parentPort)}/${proto}`
}

/** The forwarded ports that lead to one of these sockets of RootlessKit's network namespace, texts like `0.0.0.0:8080/tcp`. */
export function forwardsTo(
  sockets: readonly string[],
  forwarded: readonly NumberedPort[],
  info: RootlessInfo,
): readonly NumberedPort[] {
  const held = sockets.flatMap((each) => readSocket(each) ?? [])
  return forwarded.filter(({ proto, childIP, childPort }) =>
    held.some(
      ({ protocol, port, address }) =>
        proto.replace(/[46]$/, '') === protocol &&
        port === childPort &&
        isAt(address, childIP === '' ? defaultChild(info) : childIP),
    ),
  )
}

function isAt(address: Address, childIP: string): boolean {
  return address.value === 0n || formatAddress(address) === childIP
}

/** The forwarded port that takes the place of another on the user's host; undefined when it is free. */
export function forwardInTheWay(
  wanted: ForwardedPort,
  forwarded: readonly NumberedPort[],
): NumberedPort | undefined {
  return forwarded.find(
    (each) =>
      each.parentPort === wanted.parentPort &&
      each.proto.slice(0, 3) === wanted.proto.slice(0, 3) &&
      overlap(each, wanted),
  )
}

// A socket of "tcp" at `::`, or at no address, takes both families.
function overlap(a: ForwardedPort, b: ForwardedPort): boolean {
  const [one, other] = [familiesOf(a), familiesOf(b)]
  if (!one.some((each) => other.includes(each))) return false
  const [first, second] = [readAddress(a.parentIP), readAddress(b.parentIP)]
  return (
    !first || !second || first.value === 0n || second.value === 0n || first.value === second.value
  )
}

function familiesOf({ proto, parentIP }: ForwardedPort): readonly number[] {
  if (/[46]$/.test(proto)) return [Number(proto.slice(-1))]
  const address = readAddress(parentIP)
  if (address === undefined || (address.family === 6 && address.value === 0n)) return [4, 6]
  return [address.family]
}

function noDriver({ networkDriver }: RootlessInfo): CniError {
  return noProgramError(
    `cannot publish ports: RootlessKit runs without a port driver (network driver ${networkDriver || 'unknown'})`,
    'Start RootlessKit with --port-driver=builtin.',
  )
}

function onlyWhole({ hostIP, hostPort, protocol }: PortMapping): CniError {
  return noProgramError(
    `cannot publish ${joinHostPort(hostIP, hostPort)}/${protocol}: RootlessKit's implicit port driver opens a port on every address of the host`,
    'Leave the address out, or start RootlessKit with --port-driver=builtin.',
  )
}

function noProtocol(
  { hostIP, hostPort, protocol }: PortMapping,
  proto: string,
  { protos }: RootlessInfo,
): CniError {
  return noProgramError(
    `cannot publish ${joinHostPort(hostIP, hostPort)}/${protocol}: RootlessKit's port driver has no ${proto}, only ${protos.join(', ')}`,
    proto.endsWith('6')
      ? 'Publish on an IPv4 address, or start RootlessKit with --port-driver=builtin.'
      : 'Publish tcp or udp ports.',
  )
}
