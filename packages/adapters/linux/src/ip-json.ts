import { outputOf } from './run.ts'

/** An address as `ip -j addr` prints it. */
export interface IpAddress {
  readonly family: string
  readonly local?: string
  /** The other end of a point-to-point link; `prefixlen` is its prefix length then. */
  readonly address?: string
  readonly prefixlen: number
}

/** An interface as `ip -j addr` and `ip -j link` tell it. */
export interface IpLink {
  readonly ifname: string
  readonly mtu: number
  readonly flags: readonly string[]
  /** The bridge or the like that it is a port of. */
  readonly master?: string
  readonly addr_info?: readonly IpAddress[]
  /** The MAC. */
  readonly address?: string
  /** With `-d`. */
  readonly linkinfo?: {
    readonly info_kind?: string
    /** Settings of a port of a bridge. */
    readonly info_slave_data?: { readonly hairpin?: boolean; readonly isolated?: boolean }
  }
}

/** A route as `ip -j route` prints it. */
export interface IpRoute {
  readonly dst: string
  /** Absent for unicast. */
  readonly type?: string
  /** Absent for the main table. */
  readonly table?: string
  readonly dev?: string
  readonly metric?: number
  readonly metrics?: readonly { readonly mtu?: number }[]
  readonly nexthops?: readonly { readonly dev?: string }[]
}

/** The output of an `ip -j` command. Throws CniError 5 when it fails. */
export async function ipJson<T>(...args: readonly string[]): Promise<readonly T[]> {
  return parseIpJson(await outputOf('ip', ['-j', ...args]))
}

/**
 * The list in the output of an `ip -j` command, empty where old versions print nothing at all. Names and aliases, which a
 * container chooses for its own interfaces, have control characters in it that `ip` does not escape.
 */
export function parseIpJson<T>(text: string): readonly T[] {
  const escaped = text.replace(unescaped, (each) => `\\u00${hex(each.charCodeAt(0))}`)
  return escaped.trim() === '' ? [] : JSON.parse(escaped)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all but white space of JSON, which `ip` escapes in strings
const unescaped = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g

function hex(code: number): string {
  return code.toString(16).padStart(2, '0')
}
