import { endianness } from 'node:os'
import { formatAddress, readAddress, readProcAddress, withoutMapping } from '@vethra/address'
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
    return actual === state ? [{ protocol, ...socketAt(local), inode }] : []
  })
}

function socketAt(text: string): Pick<ListeningPort, 'address' | 'port'> {
  const [digits = '', port = ''] = text.split(':')
  const address = withoutMapping(readProcAddress(digits, endianness()))
  return { address: formatAddress(address), port: Number.parseInt(port, 16) }
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
