import type { FilterTable } from '../filter-table.ts'
import type { ForwardedPorts } from './forwarded-ports.ts'

/** The effects of the packet filter on containers, in one address family. */
export interface ObservedFirewall {
  readonly family: 4 | 6
  /** The tables in which no chain of a plugin has a rule: nothing was made there, or all was flushed. */
  readonly flushed: readonly ('filter' | 'nat')[]
  /** The tables with rules of others that drop, or policies. Default: none. */
  readonly tables?: readonly FilterTable[]
  /** The ports of the host that rules of others than CNI plugins lead somewhere. Default: none. */
  readonly ledByOthers?: readonly ForwardedPorts[]
  /** Whether traffic to a port of the host reaches published ports at all. */
  readonly publishes: boolean
  /** Whether what containers and the host send to published ports is masqueraded where portmap marks it, so that answers come back. */
  readonly masqueradesMarked: boolean
  /** The rules that drop or reject in the chain of `firewall`, which only accepts by itself, and those that do so with everything in the administrator's. */
  readonly dropping: readonly string[]
  /** By mark: what only one container in one network makes. */
  readonly owned: ReadonlyMap<string, OwnedRules>
  /** Addresses whose forwarding is accepted, in both directions. */
  readonly admitted: ReadonlySet<string>
  /** By bridge. */
  readonly isolation: ReadonlyMap<string, Isolation>
}

/** The rules that bear one mark. */
export interface OwnedRules {
  readonly mark: string
  /** Whose they say they are. */
  readonly claim?: { readonly network: string; readonly containerId: string }
  /** Addresses whose traffic is masqueraded. */
  readonly masqueraded: readonly string[]
  readonly published: readonly PublishedPort[]
  /** As they are saved. */
  readonly lines: readonly string[]
}

/** A port that the packet filter sends on. */
export interface PublishedPort {
  readonly protocol: string
  readonly hostPort: number
  /** `10.4.1.2:80`, `[fd00::2]:80`. */
  readonly target: string
  /** The address of the host that it is for; absent where it is each one of the family. */
  readonly address?: string
}

/** The senders that may reach the containers of a network: all, those on the same bridge, or no other container. */
export type Isolation = 'none' | 'same-bridge' | 'isolated'
