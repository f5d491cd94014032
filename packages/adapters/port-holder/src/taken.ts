import { readlinkSync } from 'node:fs'
import type { Address } from '@vethra/address'
import { type CniError, inUseError } from '@vethra/cni'
import { formatSocket, type HeldSocket } from '@vethra/container'
import { allPids, isAlive, namesIn, textOf } from '@vethra/plugin-exec/programs'
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
    const pid = pidOf(inode)
    if (pid !== undefined) return { pid, name: textOf(`/proc/${pid}/comm`).trim(), connected }
  }
  return undefined
}

interface Row {
  /** As /proc writes it. */
  readonly address: string
  readonly port: number
  readonly inode: string
  readonly connected: boolean
}

const noPeer = /^0+:0000$/

function rowsOf(path: string): readonly Row[] {
  const lines = textOf(path).split('\n').slice(1)
  return lines.flatMap((line) => {
    const [, local = '', peer = '', , , , , , , inode = '0'] = line.trim().split(/\s+/)
    const [address = '', port = ''] = local.split(':')
    // What has no inode has no process: a connection that has ended, and is remembered for a minute.
    if (inode === '0' || port === '') return []
    return [{ address, port: Number.parseInt(port, 16), inode, connected: !noPeer.test(peer) }]
  })
}

// Every address meets all of its family, and every IPv6 one those of IPv4, too, unless nobody can see that it does not.
function mayMeet({ address }: Row, wanted: Address): boolean {
  if (/^0+$/.test(address)) return address.length === 32 || wanted.family === 4
  const [digits, mapped] = [procAddress(wanted), wanted.family === 4 ? mappedPrefix() : '-']
  const sameFamily = address.length === digits.length || address.startsWith(mapped)
  return wanted.value === 0n
    ? sameFamily
    : address === digits || address === `${mappedPrefix()}${digits}`
}

function mappedPrefix(): string {
  return `${'0'.repeat(16)}${inOrder('0000FFFF')}`
}

/** An address in the digits of /proc/net/tcp: 32-bit words in the order of the machine. */
function procAddress({ family, value }: Address): string {
  const digits = value
    .toString(16)
    .toUpperCase()
    .padStart(family === 4 ? 8 : 32, '0')
  return (digits.match(/.{8}/g) ?? []).map(inOrder).join('')
}

const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

function inOrder(word: string): string {
  return isLittle ? (word.match(/../g)?.reverse().join('') ?? '') : word
}

function pidOf(inode: string): number | undefined {
  return allPids().find((pid) => {
    const folder = `/proc/${pid}/fd`
    return namesIn(folder).some((name) => targetOf(`${folder}/${name}`) === `socket:[${inode}]`)
  })
}

// What was closed since it was listed is not what keeps a port.
function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}
