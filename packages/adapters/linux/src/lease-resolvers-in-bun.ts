import { closeSync } from 'node:fs'
import { informMessage, leasedResolvers } from '@vethra/netlink'
import type { LeasedInterface } from '@vethra/world'
import { socketAddress } from './dns/socket-address.ts'
import { bindTo, libc, setOption } from './netlink/libc-in-bun.ts'
import { openNamespace, socketIn } from './netlink/visit.ts'

/** RFC 2131: ports of the client and of the server. */
const [clientPort, serverPort] = [68, 67]
/** SOL_SOCKET, and of its options SO_BROADCAST, SO_REUSEADDR, SO_RCVTIMEO and SO_BINDTODEVICE. */
const level = 1
const option = { broadcast: 6, reuseAddress: 2, timeout: 20, device: 25 } as const
const [tries, tryMs] = [3, 300]

/** A DHCP server's resolvers for a leased address, by DHCPINFORM, three times in a second of this thread. None when refused. */
export function leaseResolvers(given: LeasedInterface): readonly string[] {
  const { netns, ifname, mac, address } = given
  const there = openNamespace(netns)
  const socket = socketIn(there)
  closeSync(there)
  if (socket === -1) return []
  try {
    const own = socketAddress(address, clientPort)?.octets
    const all = socketAddress('255.255.255.255', serverPort)?.octets
    if (!own || !all || !isReady(socket, ifname, own)) return []
    const [xid = 0] = crypto.getRandomValues(new Uint32Array(1))
    const message = informMessage({ xid, mac, address })
    for (let time = 0; time < tries; time += 1) {
      libc().sendto(socket, message, message.length, 0, all, all.length)
      const found = answerTo(socket, { xid, mac })
      if (found) return found
    }
    return []
  } finally {
    closeSync(socket)
  }
}

function isReady(socket: number, ifname: string, own: Uint8Array): boolean {
  const set = (name: number, value: number | NodeJS.TypedArray) =>
    setOption(socket, level, name, value) === 0
  return (
    set(option.broadcast, 1) &&
    set(option.reuseAddress, 1) &&
    set(option.device, Buffer.from(ifname)) &&
    // Seconds and microseconds.
    set(option.timeout, BigInt64Array.of(0n, BigInt(tryMs * 1000))) &&
    bindTo(socket, own) === 0
  )
}

// Whatever else comes in takes none of its time away from others' answers, and gives it none.
function answerTo(
  socket: number,
  question: Parameters<typeof leasedResolvers>[1],
): readonly string[] | undefined {
  const buffer = new Uint8Array(1500)
  const end = performance.now() + tryMs
  while (performance.now() < end) {
    const length = Number(libc().recv(socket, buffer, buffer.length, 0))
    if (length <= 0) return undefined
    const found = leasedResolvers(buffer.subarray(0, length), question)
    if (found) return found
  }
  return undefined
}
