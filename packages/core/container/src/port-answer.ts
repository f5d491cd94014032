import type { ListeningSocket } from './claims.ts'
import { joinHostPort, type PortMapping } from './port-mapping.ts'

/** Whether a published port answers now, and why not. */
export type PortAnswer =
  | { readonly answers: 'yes' }
  | { readonly answers: 'no' | 'unknown'; readonly reason: PortReason }

/** The reason why a port does not answer. */
export type PortReason =
  /** The container does not run. */
  | 'not-running'
  /** No interface of the host has the address. */
  | 'no-address'
  /** No rule leads to the container. */
  | 'no-rule'
  /** A rule leads the port elsewhere; `unknown` where another one leads it to the container. */
  | 'led-elsewhere'
  /** No socket in the container listens on the port. */
  | 'not-listening'
  /** The container's address is not known, or its sockets cannot be read. */
  | 'unseen'

/** A rule that leads a port of the host somewhere. */
export interface PortLead {
  /** Empty for each of them. */
  readonly protocol: string
  /** An address of the host; empty for each of them. */
  readonly address: string
  readonly first: number
  readonly last: number
  /** `10.4.0.3:80`, `[fd00::2]:80`. */
  readonly to: string
}

/** The facts about a container and its host, as they are now. */
export interface AnswerFacts {
  readonly running: boolean
  /** Without prefix lengths. */
  readonly hostAddresses: readonly string[]
  /** Those of the container, without prefix lengths. */
  readonly addresses: readonly string[]
  readonly leads: readonly PortLead[]
  /** Those in the container, `0.0.0.0` and `::` for all addresses; undefined where nobody can look. */
  readonly sockets: readonly ListeningSocket[] | undefined
}

/** Whether a published port answers, by what is known: no packet is sent, since a server may count them. */
export function portAnswer(mapping: PortMapping, facts: AnswerFacts): PortAnswer {
  const { hostIP, containerPort, protocol } = mapping
  if (!facts.running) return { answers: 'no', reason: 'not-running' }
  if (!isOfHost(hostIP, facts.hostAddresses)) return { answers: 'no', reason: 'no-address' }
  if (facts.addresses.length === 0) return { answers: 'unknown', reason: 'unseen' }
  const leads = facts.leads.filter((each) => takes(each, mapping))
  const own = facts.addresses.map((each) => joinHostPort(each, containerPort))
  const isLed = leads.some(({ to }) => own.includes(to))
  const isLost = leads.some(({ to }) => !own.includes(to))
  if (!isLed) return { answers: 'no', reason: isLost ? 'led-elsewhere' : 'no-rule' }
  if (isLost) return { answers: 'unknown', reason: 'led-elsewhere' }
  if (facts.sockets === undefined) return { answers: 'unknown', reason: 'unseen' }
  const listens = facts.sockets.some(
    (each) =>
      each.protocol === protocol &&
      each.port === containerPort &&
      (isWildcard(each.address) || facts.addresses.includes(each.address)),
  )
  return listens ? { answers: 'yes' } : { answers: 'no', reason: 'not-listening' }
}

function isOfHost(hostIP: string, addresses: readonly string[]): boolean {
  return isWildcard(hostIP) || hostIP.startsWith('127.') || addresses.includes(hostIP)
}

function isWildcard(address: string): boolean {
  return address === '' || address === '0.0.0.0' || address === '::'
}

function takes({ protocol, address, first, last }: PortLead, mapping: PortMapping): boolean {
  const { hostIP, hostPort } = mapping
  return (
    (protocol === '' || protocol === mapping.protocol) &&
    (address === '' || isWildcard(hostIP) || address === hostIP) &&
    first <= hostPort &&
    hostPort <= last
  )
}
