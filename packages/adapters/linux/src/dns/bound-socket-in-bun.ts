import { closeSync } from 'node:fs'
import { CniError } from '@vethra/cni'
import { explainErrno } from '@vethra/netlink'
import { bindTo, errorNumber, libc, setOption } from '../netlink/libc-in-bun.ts'
import { socketAddress, socketFamily } from './socket-address.ts'

/** SOCK_CLOEXEC and SOCK_NONBLOCK. */
const flags = 0o2000000 | 0o4000
const types = { udp: 2 | flags, tcp: 1 | flags } as const

/** [level, option]: SOL_SOCKET, IPPROTO_IP and IPPROTO_IPV6. */
const reuseAddress = [1, 2] as const
const receiveBufferForce = [1, 33] as const
const freebind = { 4: [0, 15], 6: [41, 78] } as const
const ipv6Only = [41, 26] as const

/** In octets: some ten thousand questions, which wait while this process is busy. */
const receiveBuffer = 8 << 20
const backlog = 256
const addressInUse = 98

/** A socket bound to port 53 of an address, there or not (IP_FREEBIND). Throws CniError 102 when the port is taken, 5 when refused. */
export function boundSocket(protocol: 'udp' | 'tcp', address: string): number {
  const target = socketAddress(address, 53)
  if (target === undefined) throw refused(protocol, address, 22)
  const { family, octets } = target
  const descriptor = libc().socket(socketFamily[family], types[protocol], 0)
  if (descriptor < 0) throw refused(protocol, address, errorNumber())
  const set = ([level, option]: readonly [number, number], value = 1) =>
    setOption(descriptor, level, option, value)
  set(freebind[family])
  if (family === 6) set(ipv6Only)
  if (protocol === 'udp') set(receiveBufferForce, receiveBuffer)
  // A server that was restarted gets the port while connections of the one before linger (TIME_WAIT).
  else set(reuseAddress)
  const failed =
    bindTo(descriptor, octets) !== 0 ||
    (protocol === 'tcp' && libc().listen(descriptor, backlog) !== 0)
  if (!failed) return descriptor
  const errno = errorNumber()
  closeSync(descriptor)
  throw refused(protocol, address, errno)
}

function refused(protocol: string, address: string, errno: number): CniError {
  const taken = errno === addressInUse
  return new CniError({
    code: taken ? 102 : 5,
    message: `cannot listen on port 53/${protocol} of ${address}: ${explainErrno(errno)}`,
    hint: taken
      ? 'Stop what listens there, or have it listen on other addresses alone.'
      : 'Run as root.',
  })
}
