import { dlopen, ptr, read } from 'bun:ffi'
import { closeSync } from 'node:fs'
import { toOctets } from '@vethra/address'
import { type CniError, ioError, noProgramError } from '@vethra/cni'
import { formatSocket, type HeldSocket } from '@vethra/container'
import type { OpenedSockets } from './socket-opener.ts'

/** Opens all sockets, or none: throws on the first port in use. Throws CniError 100 or 5. */
export function openSockets(sockets: readonly HeldSocket[]): OpenedSockets {
  const opened: (readonly [socket: HeldSocket, descriptor: number])[] = []
  const close = () => {
    for (const [, descriptor] of opened) closeSync(descriptor)
  }
  try {
    for (const socket of sockets) {
      const outcome = openSocket(socket)
      if (typeof outcome === 'number') opened.push([socket, outcome])
      if (outcome !== 'taken') continue
      close()
      return { taken: socket }
    }
  } catch (error) {
    close()
    throw error
  }
  return {
    sockets: opened.map(([socket]) => socket),
    descriptors: opened.map(([, descriptor]) => descriptor),
  }
}

/** Numbers of the kernel's headers, the same on x86_64 and aarch64. */
const families = { 4: 2, 6: 10 } as const
const streamType = 1
const datagramType = 2
const closeOnExecAndNonBlocking = 0o2004000
const protocols = { tcp: 6, udp: 17, sctp: 132 } as const
const socketLevel = 1
const ipLevel = 0
const ipv6Level = 41
const options = {
  reuseAddress: 2,
  attachFilter: 26,
  ipFreebind: 15,
  ipv6Only: 26,
  ipv6Freebind: 78,
} as const
const errors = { addressInUse: 98 } as const

const { symbols: libc } = dlopen('libc.so.6', {
  __errno_location: { args: [], returns: 'ptr' },
  bind: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  listen: { args: ['i32', 'i32'], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
})

// Of the call just made: errno(3).
function errorNumber(): number {
  const place = libc.__errno_location()
  return place === null ? 0 : read.i32(place)
}

// EPROTONOSUPPORT, ESOCKTNOSUPPORT, EAFNOSUPPORT, EINVAL
const unsupported: readonly number[] = [93, 94, 97, 22]

function openSocket(socket: HeldSocket): number | 'taken' | 'left out' {
  const { protocol, address, optional } = socket
  const type = protocol === 'udp' ? datagramType : streamType
  const descriptor = libc.socket(
    families[address.family],
    type | closeOnExecAndNonBlocking,
    protocols[protocol],
  )
  if (descriptor < 0) {
    const error = errorNumber()
    if (optional && unsupported.includes(error)) return 'left out'
    throw notOpened(socket, error)
  }
  setOptions(descriptor, socket)
  const fault = bindAndListen(descriptor, socket)
  if (fault === 0) return descriptor
  closeSync(descriptor)
  if (fault === errors.addressInUse) return 'taken'
  throw notOpened(socket, fault)
}

function setOptions(descriptor: number, { protocol, address }: HeldSocket): void {
  const set = (level: number, option: number, value: Uint8Array) =>
    libc.setsockopt(descriptor, level, option, value, value.length)
  const one = Uint8Array.of(1, 0, 0, 0)
  // A published address may come to the host later: a floating one, or one of an interface that is down.
  if (address.family === 4) set(ipLevel, options.ipFreebind, one)
  else set(ipv6Level, options.ipv6Freebind, one)
  if (address.family === 6) set(ipv6Level, options.ipv6Only, one)
  // Connections that have just ended must not stand in the way; among listeners it allows nothing.
  if (protocol === 'udp') set(socketLevel, options.attachFilter, dropAll())
  else set(socketLevel, options.reuseAddress, one)
}

/** One instruction of the packet filter, "return 0": unread packets take no memory. */
const returnNothing = Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0)

function dropAll(): Uint8Array {
  const program = new DataView(new ArrayBuffer(16))
  program.setUint16(0, 1, true)
  program.setBigUint64(8, BigInt(ptr(returnNothing)), true)
  return new Uint8Array(program.buffer)
}

function bindAndListen(descriptor: number, socket: HeldSocket): number {
  const address = socketAddress(socket)
  if (libc.bind(descriptor, address, address.length) !== 0) return errorNumber()
  if (socket.protocol === 'udp') return 0
  return libc.listen(descriptor, backlog) === 0 ? 0 : errorNumber()
}

/** A connection that no rule leads away is refused at once; a few may come together. */
const backlog = 16

/** As struct sockaddr_in and sockaddr_in6. */
function socketAddress({ address, port }: HeldSocket): Uint8Array {
  const octets = new Uint8Array(address.family === 4 ? 16 : 28)
  const view = new DataView(octets.buffer)
  view.setUint16(0, families[address.family], true)
  view.setUint16(2, port)
  octets.set(toOctets(address), address.family === 4 ? 4 : 8)
  return octets
}

// EPERM, EACCES, EMFILE, EADDRNOTAVAIL
const hints: Readonly<Record<number, string>> = {
  1: 'Run as root.',
  13: 'Run as root.',
  24: 'Raise the limit of open files: ulimit -n, or LimitNOFILE= in a unit.',
  99: 'Publish the port on an address that the host has.',
}

function notOpened(socket: HeldSocket, error: number): CniError {
  const published = `port ${formatSocket(socket)} is published`
  if (!unsupported.includes(error)) {
    const message = `cannot hold port ${formatSocket(socket)}: errno ${error}`
    const hint = hints[error]
    return ioError(message, hint)
  }
  if (socket.protocol === 'sctp') {
    const message = `the kernel has no SCTP, and ${published}`
    return noProgramError(message, 'This needs a kernel with CONFIG_IP_SCTP: modprobe sctp.')
  }
  const message = `the kernel has no IPv${socket.address.family}, and ${published}`
  return noProgramError(message, 'Publish the port on an address that it has.')
}
