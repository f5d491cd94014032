import type { NetworkMode } from './network-mode.ts'
import type { PortMapping } from './port-mapping.ts'
import type { NetworkRequest } from './request.ts'

/** The work of a hook for the container whose state it received; every value has been checked. */
export interface HookRequest {
  readonly id: string
  readonly namespace: string
  /** Empty when the container has no name. */
  readonly name: string
  /** Empty when the container has no hostname of its own. */
  readonly hostname: string
  /** Empty when there is none. */
  readonly domainname: string
  /**
   * In the order of `eth0`, `eth1`, …; empty when the container has left all of them. The first one
   * has the addresses that were asked for the container as a whole.
   */
  readonly networks: readonly NetworkRequest[]
  readonly extraHosts: readonly (readonly [name: string, ip: string])[]
  /**
   * Ports of the record, else of the annotation `nerdctl/ports`; newer bundles of nerdctl have
   * theirs in network-config.json.
   */
  readonly ports: readonly PortMapping[]
  readonly mode: NetworkMode
  /** The first network's, again; no other network's. */
  readonly ip?: string
  /** The first network's, again; no other network's. */
  readonly ip6?: string
  /** The first network's, again; no other network's. */
  readonly macAddress?: string
  /** Where to write the container's pid; absent when nowhere. */
  readonly pidFile?: string
  /** The network namespace that the container joins, where the bundle was prepared so. */
  readonly netns?: string
}
