import { endianness } from 'node:os'
import { formatAddress, readAddress } from '@vethra/address'
import { netnsError } from '@vethra/cni'
import { readText } from '@vethra/files'
import type { ListeningPort } from '@vethra/world'
import { inside } from './run.ts'

/** Listening TCP sockets, UDP sockets without a peer and SCTP endpoints, in the kernel's order. Throws CniError 5, and 8 for `netns`. */
export async function listeningPorts(netns: string = ''): Promise<readonly ListeningPort[]> {
  const read = netns === '' ? table : (name: string) => tableIn(netns, name)
  const [tcp, tcp6, udp, udp6, sctp] = await Promise.all(
    ['tcp', 'tcp6', 'udp', 'udp6', 'sctp/eps'].map((name) => read(name)),
  )
  return [
    ...inet('tcp', [tcp, tcp6], '0A'),
    ...inet('udp', [udp, udp6], '07'),
    ...parseSctpEndpoints(sctp ?? ''),
  ]
}

/** Ports of this process's netns; a missing family or protocol has no file. */
async function table(name: string): Promise<string> {
  return (await readText(`/proc/self/net/${name}`, largestTable)) ?? ''
}

// A container may have as many sockets as it likes: what a program may print is bounded.
async function tableIn(netns: string, name: string): Promise<string> {
  const { status, stdout, stderr } = await inside(netns, ['cat', `/proc/self/net/${name}`])
  if (status === 0 || /No such file/.test(stderr)) return stdout
  throw netnsError(`cannot enter ${netns}`, { details: stderr.trim() })
}

/** 150 octets a socket, and a busy host has a million. */
const largestTable = 256 * 1024 * 1024

function inet(
  protocol: 'tcp' | 'udp',
  texts: readonly (string | undefined)[],
  state: string,
): readonly ListeningPort[] {
  const rows = texts.flatMap((text = '') => text.split('\n').slice(1))
  return rows.flatMap((row) => {
    const [, local = '', , actual, , , , , , inode = ''] = row.trim().split(/\s+/)
    return actual === state ? [{ protocol, ...parseSocketAddress(local, endianness()), inode }] : []
  })
}

/** An address and port of /proc/net/tcp: hex words in the machine's order. An IPv4-mapped address is given as IPv4. */
export function parseSocketAddress(
  text: string,
  order: 'LE' | 'BE',
): Pick<ListeningPort, 'address' | 'port'> {
  const [digits = '', port = ''] = text.split(':')
  const words = digits.match(/.{8}/g) ?? []
  const hex = words.map((word) => (order === 'LE' ? reversed(word) : word)).join('')
  return { address: asAddress(BigInt(`0x${hex}`), words.length), port: Number.parseInt(port, 16) }
}

function reversed(word: string): string {
  return word.match(/../g)?.reverse().join('') ?? ''
}

function asAddress(value: bigint, words: number): string {
  const mapped = words === 4 && value >> 32n === 0xffffn
  if (words === 1 || mapped) return formatAddress({ family: 4, value: value & 0xffffffffn })
  return formatAddress({ family: 6, value })
}

/** The endpoints of /proc/net/sctp/eps: the port is the sixth column, the inode the eighth; addresses follow it. */
export function parseSctpEndpoints(text: string): readonly ListeningPort[] {
  const rows = text.split('\n').slice(1)
  return rows.flatMap((row) => {
    const columns = row.trim().split(/\s+/)
    const addresses = columns
      .slice(8)
      .map(readAddress)
      .filter((address) => address !== undefined)
    const port = Number(columns[5])
    const inode = columns[7] ?? ''
    return addresses.map((address) => ({
      protocol: 'sctp',
      address: formatAddress(address),
      port,
      inode,
    }))
  })
}
