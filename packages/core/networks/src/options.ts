import type { SubnetPool, UsedPrefix } from './choose-subnet.ts'

/** Which plugin makes the interface. */
export type Driver = 'bridge' | 'macvlan' | 'ipvlan'

/** Whether a text is the name of a driver. */
export function isDriver(text: string): text is Driver {
  return text === 'bridge' || text === 'macvlan' || text === 'ipvlan'
}

/** The user's options for a new network; the fields are those of `network create`. */
export interface NetworkOptions {
  readonly name: string
  readonly driver: Driver
  /** Prefixes without host bits. None of a family that is on: one is chosen. */
  readonly subnets: readonly string[]
  /** Normally true. */
  readonly ipv4: boolean
  readonly ipv6: boolean
  /** At most one for each subnet, in any order. */
  readonly gateways: readonly string[]
  /** Prefixes to give addresses out of, at most one for each subnet, in any order. */
  readonly ipRanges: readonly string[]
  /** `NAME=IP`: addresses that no container gets. */
  readonly auxAddresses: readonly string[]
  /** No way out: no default route, no masquerading, no published ports. */
  readonly internal: boolean
  /** `default`, `host-local`, `dhcp` or `static`. */
  readonly ipamDriver: string
  /** For `dhcp`: JSON by option name. */
  readonly ipamOptions: Readonly<Record<string, string>>
  /** `-o`: nerdctl's and Docker's names, and `vethra.allow-overlap`. */
  readonly options: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}

/** The facts of the host and of the installed plugins. */
export interface NetworkFacts {
  /** The prefixes that new subnets must keep clear of. */
  readonly used: readonly UsedPrefix[]
  /** Where subnets are chosen from, in order; empty for the built-in order. */
  readonly pools: readonly SubnetPool[]
  /** The MTU of the route that leads out; written to bridges when it is not 1500. */
  readonly defaultMtu?: number
  /** The folder of reservations, where it is not host-local's own. */
  readonly dataDir?: string
  /** The device of the default route: the parent of a macvlan or ipvlan that names none. */
  readonly defaultDevice?: string
  /** Whether the firewall plugin can keep containers of one network apart; absent when it was not asked. */
  readonly isolation?: IsolationSupport
  /** The bridge of a bridge network; absent for the usual one, by the network's name. */
  readonly bridge?: string
}

/** A conf list to be written, and what the user should know of it. */
export interface NewConfList {
  /** The whole file: nerdctl's bytes, without a newline at the end. */
  readonly text: string
  /** Sentences without a full stop, for people; empty when all went as asked. */
  readonly notes: readonly string[]
}

/** Whether containers of one network can be kept apart. */
export interface IsolationSupport {
  readonly supported: boolean
  /** Why not, for people. */
  readonly why: string
}
