import {
  type Address,
  addressBits,
  contains,
  formatAddress,
  formatPrefix,
  lastAddress,
  type Prefix,
} from '@vethra/address'
import { type CniError, usageError } from '@vethra/cni'
import type { RangeConf } from '@vethra/ipam'
import type { AuxAddress } from './aux-addresses.ts'
import type { SubnetShare } from './share-out.ts'

/** A range as nerdctl writes it: host-local's keys, and `ipRange` for its own memory. */
export interface WrittenRange extends RangeConf {
  readonly ipRange?: string
}

interface Span {
  readonly start: bigint
  readonly end: bigint
}

/** The range set of one subnet: one range, or those between its aux addresses. Throws CniError 103 with nerdctl's texts. */
export function rangesOf({ subnet, gateway, ipRange, aux }: SubnetShare): readonly WrittenRange[] {
  const via = gateway?.value ?? second(subnet)
  checkGateway(subnet, via)
  checkAux(subnet, via, aux)
  const span = ipRange && spanOf(subnet, ipRange.text, ipRange.prefix)
  const text = (value: bigint): string => formatAddress({ family: subnet.family, value })
  const frame = { subnet: formatPrefix(subnet), gateway: text(via) }
  const typed = ipRange ? { ipRange: ipRange.text } : {}
  const window = windowOf(subnet, span)
  const pieces = cutOut(window, aux)
  if (!isTiny(subnet) && !hasRoom(pieces ?? [window], via)) throw full(subnet, ipRange?.text)
  if (pieces === undefined) {
    const bounds = span ? { rangeStart: text(span.start), rangeEnd: text(span.end) } : {}
    return [{ ...frame, ...typed, ...bounds }]
  }
  return pieces.map((each, index) => ({
    ...frame,
    ...(index === 0 ? typed : {}),
    rangeStart: text(each.start),
    rangeEnd: text(each.end),
  }))
}

function checkAux(subnet: Prefix, via: bigint, aux: readonly AuxAddress[]): void {
  const taken = aux.find(({ address }) => address.value === subnet.base || address.value === via)
  if (taken) {
    const what = `${taken.name}:${formatAddress(taken.address)}`
    throw usageError(
      `failed to allocate secondary ip address (${what}): Address already in use`,
      'Give another --aux-address: that one is the gateway or the network address.',
    )
  }
}

// Of two addresses or one, each is a host's (RFC 3021, RFC 6164).
function isTiny({ family, length }: Prefix): boolean {
  return addressBits(family) - length < 2
}

// The first address of an IPv6 subnet is that of every router (RFC 4291, 2.6.1).
function checkGateway(subnet: Prefix, via: bigint): void {
  if (isTiny(subnet)) return
  const isLast = subnet.family === 4 && via === lastAddress(subnet).value
  if (via !== subnet.base && !isLast) return
  const gateway = formatAddress({ family: subnet.family, value: via })
  throw usageError(
    `gateway ${gateway} is the ${isLast ? 'broadcast' : 'network'} address of subnet ${formatPrefix(subnet)}`,
    'Give another address of the subnet, or leave --gateway out.',
  )
}

// The gateway is no container's.
function hasRoom(pieces: readonly Span[], via: bigint): boolean {
  return pieces.some(({ start, end }) => start < end || (start === end && start !== via))
}

function full(subnet: Prefix, ipRange: string | undefined): CniError {
  const what =
    ipRange === undefined ? 'aux-address reservations leave' : `ip-range "${ipRange}" leaves`
  return usageError(
    `${what} no allocatable IPs in subnet ${formatPrefix(subnet)}`,
    'Leave addresses for containers, beside the gateway.',
  )
}

// The last address of the range may be the subnet's broadcast address: nerdctl writes it so.
function spanOf(subnet: Prefix, text: string, ipRange: Prefix): Span {
  const last = lastAddress(ipRange)
  if (!contains(subnet, last))
    throw usageError(
      `no matching subnet "${formatPrefix(subnet)}" for ip-range "${text}"`,
      'Give a part of the subnet.',
    )
  return { start: second(ipRange), end: last.value }
}

function windowOf(subnet: Prefix, span: Span | undefined): Span {
  const last = lastAddress(subnet).value
  const highest = subnet.family === 4 ? last - 1n : last
  const end = span && span.end < highest ? span.end : highest
  const start = span?.start ?? second(subnet)
  return { start: start === subnet.base ? start + 1n : start, end }
}

function cutOut(window: Span, aux: readonly AuxAddress[]): readonly Span[] | undefined {
  const inside = aux
    .map(({ address }: { address: Address }) => address.value)
    .filter((value) => value >= window.start && value <= window.end)
    .sort((a, b) => (a < b ? -1 : 1))
  if (inside.length === 0) return undefined
  const starts = [window.start, ...inside.map((value) => value + 1n)]
  const ends = [...inside.map((value) => value - 1n), window.end]
  return starts
    .map((start, index) => ({ start, end: ends[index] ?? window.end }))
    .filter(({ start, end }) => start <= end)
}

function second(prefix: Prefix): bigint {
  return prefix.length === addressBits(prefix.family) ? prefix.base : prefix.base + 1n
}
