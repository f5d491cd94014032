import { outputOf } from './run.ts'

/** An address as `ip -j addr` prints it. */
export interface IpAddress {
  readonly family: string
  readonly local?: string
  /** The other end of a point-to-point link; `prefixlen` is its prefix length then. */
  readonly address?: string
  readonly prefixlen: number
  readonly scope?: string
  /** Whether IPv6 still asks if another host has it. */
  readonly tentative?: boolean
}

/** An interface as `ip -j link` and `ip -j addr` print it. Keys without a comment are there where the interface has such a value. */
export interface IpLink {
  readonly ifindex: number
  readonly ifname: string
  readonly altnames?: readonly string[]
  readonly mtu: number
  readonly flags: readonly string[]
  /** The MAC. */
  readonly address?: string
  readonly ifalias?: string
  readonly txqlen?: number
  /** The discipline of its queue: `noqueue`, `fq_codel`, `tbf`. */
  readonly qdisc?: string
  /** The bridge or the like that it is a port of. */
  readonly master?: string
  /** The other end or what it lies on: by index in another namespace, by name in its own. */
  readonly link_index?: number
  readonly link?: string | null
  /** Where `link_index` is of another namespace. */
  readonly link_netnsid?: number
  /** By `addr`. */
  readonly addr_info?: readonly IpAddress[]
  /** With `-d`. */
  readonly inet6_addr_gen_mode?: string
  /** With `-d`. */
  readonly linkinfo?: {
    readonly info_kind?: string
    readonly info_slave_kind?: string
    /** Settings of a bridge. */
    readonly info_data?: { readonly stp_state?: number }
    /** Settings of a port of a bridge. */
    readonly info_slave_data?: {
      /** `forwarding`, `blocking`, `disabled`, … */
      readonly state?: string
      readonly hairpin?: boolean
      readonly isolated?: boolean
      readonly learning?: boolean
      readonly flood?: boolean
      readonly bcast_flood?: boolean
      readonly mcast_flood?: boolean
      readonly locked?: boolean
    }
  }
  /** With `-s`. */
  readonly stats64?: { readonly rx: IpOctets; readonly tx: IpOctets }
}

interface IpOctets {
  readonly bytes: number
}

/** A route as `ip -j route` prints it. */
export interface IpRoute {
  readonly dst: string
  /** Absent for unicast. */
  readonly type?: string
  /** Absent for the main table. */
  readonly table?: string
  readonly gateway?: string
  readonly prefsrc?: string
  readonly dev?: string
  readonly metric?: number
  /** A route of IPv6 has one. */
  readonly pref?: string
  readonly metrics?: readonly { readonly mtu?: number }[]
  /** The hops of a route by several interfaces, which has no gateway and no device of its own. */
  readonly nexthops?: readonly { readonly dev?: string; readonly gateway?: string }[]
}

/** The output of an `ip -j` command. Throws CniError 5 when it fails. */
export async function ipJson<T>(...args: readonly string[]): Promise<readonly T[]> {
  return parseIpJson(await outputOf('ip', ['-j', ...args]))
}

/** The list that an `ip -j` command prints, empty for nothing at all; control characters in names and aliases are let through. */
export function parseIpJson<T>(text: string): readonly T[] {
  const escaped = text.replace(unescaped, (each) => {
    return `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return escaped.trim() === '' ? [] : JSON.parse(escaped)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all but white space of JSON, which `ip` escapes in strings
const unescaped = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g
