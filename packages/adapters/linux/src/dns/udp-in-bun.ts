import type { DnsHearer, DnsReply } from '@vethra/world'
import { boundSocket } from './bound-socket-in-bun.ts'
import {
  type DatagramAnswer,
  type DatagramSender,
  datagramDrain,
  largestDatagram,
} from './datagrams-in-bun.ts'

/** A UDP socket of bun's that takes over one that is bound already: bun knows `fd`, its types do not. */
interface AdoptedSocket {
  send(octets: Uint8Array, port: number, address: string): boolean
  close(): void
}
interface AdoptOptions {
  readonly fd: number
  readonly binaryType: 'uint8array'
  readonly socket: {
    data(
      socket: AdoptedSocket,
      octets: Uint8Array,
      port: number,
      address: string,
      flags: { readonly truncated: boolean },
    ): void
    error(socket: AdoptedSocket, error: Error): void
  }
}
/** Has bun wait for datagrams of a socket. */
export const adoptUdp: (options: AdoptOptions) => Promise<AdoptedSocket> =
  Bun.udpSocket as unknown as (options: AdoptOptions) => Promise<AdoptedSocket>

/** Answers by UDP at an address; returns what ends it. Throws as `boundSocket` does. */
export async function serveUdp(at: string, hearer: DnsHearer): Promise<() => void> {
  const descriptor = boundSocket('udp', at)
  const answerFrom =
    (socket: AdoptedSocket): DatagramAnswer =>
    (octets, { address, port }, isBehind) => {
      const reply = hearer.answer({ octets, asker: address, at, isTcp: false, isBehind })
      if (!(reply instanceof Promise)) return reply
      void reply.then((later) => send(socket, later, { address, port }))
      return undefined
    }
  let drain = () => {}
  const socket = await adoptUdp({
    fd: descriptor,
    binaryType: 'uint8array',
    socket: {
      // biome-ignore lint/complexity/useMaxParams: the parameters of bun's handler.
      data(socket, octets, port, address, { truncated }) {
        const from = { address, port }
        if (!truncated && octets.length <= largestDatagram)
          send(socket, answerFrom(socket)(octets, from, false), from)
        drain()
      },
      // An asker that is gone (ICMP): nothing is to be done about it.
      error() {},
    },
  })
  drain = datagramDrain(descriptor, answerFrom(socket))
  return () => socket.close()
}

// What the system does not take is lost, as datagrams are: whoever asked asks again.
function send(socket: AdoptedSocket, reply: DnsReply, to: DatagramSender): void {
  if (reply !== undefined) socket.send(reply, to.port, to.address)
}
