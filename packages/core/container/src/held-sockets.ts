import { type Address, formatAddress, readAddress } from '@vethra/address'
import { joinHostPort, type PortMapping, type Protocol, readProtocol } from './port-mapping.ts'

/** A socket that holds a published port on the host. */
export interface HeldSocket {
  readonly protocol: Protocol
  readonly address: Address
  readonly port: number
  /** Whether a kernel that lacks the family may do without: where no host address was asked for. */
  readonly optional: boolean
}

/** The sockets that hold mappings' host ports, in order; one for every address holds for all, no host address means both families, as portmap. */
export function heldSockets(mappings: readonly PortMapping[]): readonly HeldSocket[] {
  const all = mappings.flatMap(socketsOf)
  const everywhere = new Set(all.filter(({ address }) => address.value === 0n).map(keyOf))
  const wanted = all.filter((each) => each.address.value === 0n || !everywhere.has(keyOf(each)))
  const sockets = new Map<string, HeldSocket>()
  for (const each of wanted) {
    const text = formatSocket(each)
    if (!sockets.has(text) || !each.optional) sockets.set(text, each)
  }
  return [...sockets.values()]
}

/** A socket as people read it: `0.0.0.0:8080/tcp`, `[::1]:53/udp`. */
export function formatSocket({ protocol, address, port }: Omit<HeldSocket, 'optional'>): string {
  return `${joinHostPort(formatAddress(address), port)}/${protocol}`
}

/** The socket that `formatSocket` made a text of; undefined for any other text. */
export function readSocket(text: string): HeldSocket | undefined {
  const [, host = '', port, proto = ''] = /^(.+):(\d{1,5})\/([a-z]+)$/.exec(text) ?? []
  const address = readAddress(host.replace(/^\[(.*)\]$/, '$1'))
  const protocol = readProtocol(proto)
  return address && protocol && { protocol, address, port: Number(port), optional: false }
}

function socketsOf({ hostIP, hostPort, protocol }: PortMapping): readonly HeldSocket[] {
  const address = readAddress(hostIP)
  if (address) return [{ protocol, address, port: hostPort, optional: false }]
  return ([4, 6] as const).map((family) => ({
    protocol,
    address: { family, value: 0n },
    port: hostPort,
    optional: family === 6,
  }))
}

function keyOf({ protocol, address, port }: HeldSocket): string {
  return `${address.family} ${port}/${protocol}`
}
