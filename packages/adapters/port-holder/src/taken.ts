import { endianness } from 'node:os'
import { type Address, readProcAddress, withoutMapping } from '@vethra/address'
import { type CniError, inUseError } from '@vethra/cni'
import { formatSocket, type HeldSocket } from '@vethra/container'
import { allPids, isAlive, socketsOf, textOf } from '@vethra/plugin-exec/programs'
import { type HolderProcess, holderAt } from './holder-processes.ts'

/** The state of a port that could not be taken. */
type Taken =
  /** A holder has it whose container is gone, or is the one that asks: it is to be ended. */
  | { readonly kind: 'stale'; readonly holder: HolderProcess }
  /** No process shows its socket any more, or the one that does is ending: it may be free in a moment. */
  | { readonly kind: 'ending'; readonly error: CniError }
  /** Anybody else has it. CniError 102 names who; nerdctl's text. */
  | { readonly kind: 'held'; readonly error: CniError }

/** Looks who has a port that could not be taken for a container. */
export function lookWhoHas(socket: HeldSocket, containerId: string): Taken {
  const owner = whoHas(socket)
  const holder = owner && holderAt(owner.pid)
  if (holder && (holder.containerId === containerId || !isAlive(holder.init)))
    return { kind: 'stale', holder }
  const error = taken(socket, describe(owner, holder?.containerId))
  // A process that ends loses its command line first.
  const isEnding = owner === undefined || textOf(`/proc/${owner.pid}/cmdline`) === ''
  return { kind: isEnding ? 'ending' : 'held', error }
}

function describe(owner: ReturnType<typeof whoHas>, containerId: string | undefined): string {
  if (owner === undefined) return 'a socket that no process of this host shows'
  if (containerId !== undefined) return `container ${containerId}`
  const process_ = `process ${owner.name} (pid ${owner.pid})`
  return owner.connected ? `${process_}, for a connection that it made` : process_
}

function taken(socket: HeldSocket, holder: string): CniError {
  const [place] = formatSocket(socket).split('/')
  return inUseError(`bind for ${place} failed: port is already allocated`, {
    details: `${socket.protocol} port held by ${holder}`,
    hint: 'Publish another port, or free this one.',
  })
}

interface PortOwner {
  readonly pid: number
  readonly name: string
  /** Whether it has the port for a connection that it made, and does not listen. */
  readonly connected: boolean
}

function whoHas(socket: HeldSocket): PortOwner | undefined {
  const rows = ['', '6'].flatMap((family) => rowsOf(`/proc/self/net/${socket.protocol}${family}`))
  const inTheWay = rows.filter((row) => row.port === socket.port && mayMeet(row, socket.address))
  // Listeners first: it is they that one has in mind.
  for (const { inode, connected } of inTheWay.toSorted(
    (a, b) => Number(a.connected) - Number(b.connected),
  )) {
    const pid = allPids().find((each) => socketsOf(each).includes(inode))
    if (pid !== undefined) return { pid, name: textOf(`/proc/${pid}/comm`).trim(), connected }
  }
  return undefined
}

interface Row {
  /** An IPv4-mapped one is of IPv6. */
  readonly address: Address
  readonly port: number
  readonly inode: string
  readonly connected: boolean
}

const noPeer = /^0+:0000$/

function rowsOf(path: string): readonly Row[] {
  const lines = textOf(path).split('\n').slice(1)
  return lines.flatMap((line) => {
    const [, local = '', peer = '', , , , , , , inode = '0'] = line.trim().split(/\s+/)
    const [digits = '', port = ''] = local.split(':')
    // What has no inode has no process: a connection that has ended, and is remembered for a minute.
    if (inode === '0' || port === '') return []
    const address = readProcAddress(digits, endianness())
    return [{ address, port: Number.parseInt(port, 16), inode, connected: !noPeer.test(peer) }]
  })
}

// Every address meets all of its family, and every IPv6 one those of IPv4, too, unless nobody can see that it does not.
function mayMeet({ address }: Row, wanted: Address): boolean {
  if (address.value === 0n) return address.family === 6 || wanted.family === 4
  return [address, withoutMapping(address)].some(
    ({ family, value }) =>
      family === wanted.family && (wanted.value === 0n || value === wanted.value),
  )
}
