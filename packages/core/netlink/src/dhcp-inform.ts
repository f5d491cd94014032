import { readAddress } from '@vethra/address'
import { macOctets } from './link-message.ts'

/** One question to a DHCP server: of which interface, and under which number. */
interface LeaseQuestion {
  /** Any 32 bits: who does not see the question cannot answer it. */
  readonly xid: number
  /** `02:3c:0a:04:01:02` */
  readonly mac: string
  /** The leased address, without its length. */
  readonly address: string
}

/** RFC 2131: octets before the options, the last four of them a cookie. */
const headLength = 240
const cookie = 0x63825363
/** RFC 951: some servers drop what is shorter. */
const shortest = 300
const at = { xid: 4, ciaddr: 12, chaddr: 28, cookie: 236 } as const
const [request, reply] = [1, 2]
const [inform, ack] = [8, 5]
const option = { pad: 0, resolvers: 6, type: 53, wanted: 55, end: 255 } as const
/** glibc and musl ask three. */
const most = 3

/** A DHCPINFORM message that asks for resolvers (RFC 2131, 3.4). */
export function informMessage({ xid, mac, address }: LeaseQuestion): Uint8Array {
  const octets = new Uint8Array(shortest)
  const view = new DataView(octets.buffer)
  // Ethernet, with hardware addresses of six octets.
  octets.set([request, 1, 6])
  view.setUint32(at.xid, xid)
  view.setUint32(at.ciaddr, Number(readAddress(address)?.value ?? 0n))
  octets.set(macOctets(mac), at.chaddr)
  view.setUint32(at.cookie, cookie)
  const options = [option.type, 1, inform, option.wanted, 1, option.resolvers, option.end]
  octets.set(options, headLength)
  return octets
}

/** The resolvers in a DHCP answer, at most three, in order, without addresses that cannot be one; undefined for other octets. */
export function leasedResolvers(
  octets: Uint8Array,
  { xid, mac }: Pick<LeaseQuestion, 'xid' | 'mac'>,
): readonly string[] | undefined {
  if (octets.length < headLength) return undefined
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const isOurs =
    octets[0] === reply &&
    view.getUint32(at.xid) === xid &&
    view.getUint32(at.cookie) === cookie &&
    macOctets(mac).every((each, index) => octets[at.chaddr + index] === each)
  const options = isOurs ? optionsOf(octets) : new Map<number, Uint8Array>()
  if (options.get(option.type)?.[0] !== ack) return undefined
  return [...new Set(addressesIn(options.get(option.resolvers)))].slice(0, most)
}

// The first of a code counts; an option that leads out of the message ends the reading.
function optionsOf(octets: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const options = new Map<number, Uint8Array>()
  let next = headLength
  while (next < octets.length && octets[next] !== option.end) {
    const code = octets[next] ?? option.end
    const length = code === option.pad ? -1 : (octets[next + 1] ?? octets.length)
    const value = octets.subarray(next + 2, next + 2 + length)
    if (length >= 0 && value.length < length) break
    if (length >= 0 && !options.has(code)) options.set(code, value)
    next += 2 + length
  }
  return options
}

function addressesIn(value: Uint8Array = new Uint8Array()): readonly string[] {
  const count = Math.floor(value.length / 4)
  return Array.from({ length: count }, (_, index) => value.subarray(index * 4, index * 4 + 4))
    .filter(([first = 0]) => first !== 0 && first !== 127 && first < 224)
    .map((each) => each.join('.'))
}
