import { closeSync } from 'node:fs'
import { ioError } from '@vethra/cni'
import {
  decodeLink,
  encodeRouteOps,
  explainErrno,
  type FoundLink,
  type Message,
  type RouteOp,
} from '@vethra/netlink'
import type { Place } from '@vethra/state'
import { type Exchange, type NetlinkSocket, openSocket, openSocketIn } from './netlink-socket.ts'
import { openNamespace } from './visit.ts'

/** The kernel, talked to for one operation: a socket for each namespace and protocol, opened when first used. */
export interface Session {
  /** Sends operations on links, addresses and routes at once. */
  route(place: Place, ops: readonly RouteOp[]): Exchange
  /** Sends other messages of rtnetlink. */
  routeMessages(place: Place, messages: readonly Message[]): Exchange
  /** Sends messages of nf_tables or conntrack. */
  netfilter(messages: readonly Message[]): Exchange
  /** Asks nf_tables or conntrack for things at once, or lists. Throws CniError 5 where this process may not ask. */
  askNetfilter(...messages: readonly Message[]): Exchange
  /** As `askNetfilter`, in the container's namespace. */
  askInside(message: Message): Exchange
  /** The folder that has a file for each source that was put into a zone of firewalld. */
  readonly zoneRecords: string
  /** Whether there is a container's namespace to look into. */
  readonly hasContainer: boolean
  /** A link by its name; undefined when it is missing. */
  link(place: Place, name: string): FoundLink | undefined
  /** A link by its index; undefined when it is missing. */
  linkAt(place: Place, index: number): FoundLink | undefined
  /** The open descriptor of the container's namespace. Throws CniError 8 when it cannot be opened. */
  namespace(): number
  /** The open descriptor of the host's namespace. */
  host(): number
  close(): void
}

/** Settings of a session: `zoneRecords` where firewalld is spoken to, and a socket of nf_tables that outlives it. */
interface SessionOptions {
  readonly zoneRecords?: string
  readonly rules?: KeptSocket
}

/** A socket of nf_tables in the host's namespace that is opened when first used, and serves one session after the other. */
interface KeptSocket {
  open(): NetlinkSocket
  close(): void
}

/**
 * A socket that is closed late: close(2) and the end of the process wait until the kernel has destroyed what transactions
 * removed (RCU, 5 to 15 ms), and a DEL has files to remove meanwhile.
 */
export function keptSocket(): KeptSocket {
  let socket: NetlinkSocket | undefined
  return {
    open: () => {
      socket ??= openSocket('netfilter')
      return socket
    },
    close: () => {
      socket?.close()
      socket = undefined
    },
  }
}

/** Opens a session. `netns`: the container's, or empty. Without `rules` it closes its socket of nf_tables with the others. */
export function openSession(
  netns: string,
  { zoneRecords = '', rules }: SessionOptions = {},
): Session {
  const filter = rules ?? keptSocket()
  const sockets = new Map<Place | 'inside', NetlinkSocket>()
  let container: number | undefined
  let own: number | undefined
  const namespace = () => {
    container ??= openNamespace(netns)
    return container
  }
  const socketFor = (key: Place | 'inside'): NetlinkSocket => {
    const known = sockets.get(key)
    if (known) return known
    const protocol = key === 'inside' ? 'netfilter' : 'route'
    const opened = key === 'host' ? openSocket(protocol) : openSocketIn(namespace(), protocol)
    sockets.set(key, opened)
    return opened
  }
  const routeMessages = (place: Place, messages: readonly Message[]) =>
    socketFor(place).exchange(messages)
  const route = (place: Place, ops: readonly RouteOp[]) => routeMessages(place, encodeRouteOps(ops))
  return {
    route,
    routeMessages,
    netfilter: (messages) => filter.open().exchange(messages),
    askNetfilter: (...messages) => allowed(filter.open().exchange(messages)),
    askInside: (message) => allowed(socketFor('inside').exchange([message])),
    zoneRecords,
    hasContainer: netns !== '',
    link: (place, name) => linkOf(route(place, [{ kind: 'ask link', link: { name } }])),
    linkAt: (place, index) => linkOf(route(place, [{ kind: 'ask link', link: { index } }])),
    namespace,
    host: () => {
      own ??= openNamespace('/proc/self/ns/net')
      return own
    },
    close: () => {
      if (own !== undefined) closeSync(own)
      for (const socket of sockets.values()) socket.close()
      if (rules === undefined) filter.close()
      if (container !== undefined) closeSync(container)
    },
  }
}

const notPermitted = 1

function allowed(answers: Exchange): Exchange {
  if (answers.refusals.some(({ errno }) => errno === notPermitted))
    throw ioError(
      `cannot list what nf_tables has: ${explainErrno(notPermitted)}`,
      'Run as root, with CAP_NET_ADMIN.',
    )
  return answers
}

function linkOf({ messages: [message] }: Exchange): FoundLink | undefined {
  return message && decodeLink(message)
}
