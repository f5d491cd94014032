import type { DnsHearer, DnsReply } from '@vethra/world'
import { boundSocket } from './bound-socket-in-bun.ts'

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
  const socket = await adoptUdp({
    fd: boundSocket('udp', at),
    binaryType: 'uint8array',
    socket: {
      data(socket, octets, port, asker, { truncated }) {
        if (truncated) return
        const send = (reply: DnsReply) => {
          // What the system does not take is lost, as datagrams are: whoever asked asks again.
          if (reply !== undefined) socket.send(reply, port, asker)
        }
        const reply = hearer.answer({ octets, asker, at, isTcp: false })
        if (reply instanceof Promise) void reply.then(send)
        else send(reply)
      },
      // An asker that is gone (ICMP): nothing is to be done about it.
      error() {},
    },
  })
  return () => socket.close()
}
