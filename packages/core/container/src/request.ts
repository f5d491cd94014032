import type { DnsOptions } from '@vethra/names'
import type { PortMapping } from './port-mapping.ts'

/** The addresses that a container wants in one network. */
interface AddressWishes {
  /** IPv4, dotted. */
  readonly ip?: string
  /** IPv6, without brackets or zone. */
  readonly ip6?: string
  /** The hardware address: lower case, with colons. */
  readonly macAddress?: string
}

/** One network that a container asks for, with what it wants there. */
export interface NetworkRequest extends AddressWishes {
  /** A network's name or id, or a mode: `none`, `host`, `container:<id>`, `ns:<path>`. */
  readonly ref: string
  /** More names for the container in this network. */
  readonly aliases: readonly string[]
}

/** The request to `bundle prepare`; addresses are wanted in the first network. */
export interface BundleRequest extends AddressWishes {
  /** The container's id, as the OCI runtime will know it. */
  readonly id: string
  readonly name?: string
  /** The containerd namespace. */
  readonly namespace: string
  /** In the order of `eth0`, `eth1`, …; empty means the network `bridge`. */
  readonly networks: readonly NetworkRequest[]
  readonly ports: readonly PortMapping[]
  /** Default: the first 12 characters of the id, or the host's own name in modes host and ns. */
  readonly hostname?: string
  readonly domainname?: string
  /** Share the host's UTS namespace: no hostname of its own. Default false. */
  readonly utsHost?: boolean
  /** Names and their addresses for the hosts file, as given. */
  readonly extraHosts: readonly (readonly [name: string, ip: string])[]
  /** More names for the container in its first network. */
  readonly aliases: readonly string[]
  /** In place of what the host's resolv.conf says; an absent key keeps that. */
  readonly dns: DnsOptions
  /**
   * Whether an OCI runtime asks, as it starts the container. A network namespace that the bundle names stays. Mounts that
   * managers make by default give way to ours. The container is forgotten when it has stopped. Default false.
   */
  readonly byRuntime?: boolean
}
