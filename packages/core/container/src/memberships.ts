import type { Attachment, CniArgs, ConfList, ContainerRef, PluginConf } from '@vethra/cni'
import { capabilityMappings, type PortMapping } from './port-mapping.ts'

/** One network that a container is in, or is to be in. */
export interface Membership {
  readonly network: string
  /** Undefined when the conf list is gone: the cache serves then. */
  readonly list: ConfList | undefined
  readonly attachment: Attachment
  /** The container of a namespace; absent where a network namespace alone is attached. */
  readonly container?: ContainerRef
  /** The path by which the container joined a namespace that was there before it, and may live on after it. */
  readonly joined?: string
}

/** A network that a container is to be in, and what it wants there. */
export interface WantedNetwork {
  readonly name: string
  /** Undefined when the network is missing. */
  readonly list: ConfList | undefined
  /** The address for the CNI arg `IP`. */
  readonly ip?: string
  /** The addresses for the capability arg `ips`. */
  readonly ips: readonly string[]
  readonly macAddress?: string
}

/** A container that is to be in networks. */
export interface JoiningContainer {
  readonly container: ContainerRef
  /** Its id for plugins. */
  readonly containerId: string
  /** Empty when the namespace is gone. */
  readonly netns: string
  readonly joined?: string | undefined
  readonly hostname: string
  /** The ports that it publishes. */
  readonly ports: readonly PortMapping[]
  /** The interfaces that it has. */
  readonly taken: readonly string[]
}

/** A container's memberships, in order, by the first free of `eth0`, `eth1`, …. The first network that takes ports publishes them, else the first. */
export function membershipsOf(
  joining: JoiningContainer,
  networks: readonly WantedNetwork[],
): readonly Membership[] {
  const { container, containerId, netns, joined, hostname, ports, taken } = joining
  const ifnames = freeInterfaces(networks.length, taken)
  const publisher = networks.find(({ list }) => list && takesPorts(list)) ?? networks[0]
  return networks.map((wanted, index) => {
    const mappings = wanted === publisher ? capabilityMappings(ports) : []
    return {
      network: wanted.name,
      list: wanted.list,
      container,
      ...(joined === undefined ? {} : { joined }),
      attachment: {
        containerId,
        netns,
        ifname: ifnames[index] ?? '',
        cniArgs: cniArgsOf(hostname, wanted),
        capabilityArgs: {
          ...(wanted.ips.length > 0 ? { ips: wanted.ips } : {}),
          ...(mappings.length > 0 ? { portMappings: mappings } : {}),
        },
      },
    }
  })
}

/** The first so many of `eth0`, `eth1`, … that are not taken. */
export function freeInterfaces(count: number, taken: readonly string[] = []): readonly string[] {
  const names = Array.from({ length: count + taken.length }, (_, index) => `eth${index}`)
  return names.filter((each) => !taken.includes(each)).slice(0, count)
}

/** Whether a plugin of a conf list takes port mappings: other networks publish nothing. */
export function takesPorts({ plugins }: Pick<ConfList, 'plugins'>): boolean {
  return plugins.some(takesMappings)
}

/** Whether a plugin takes port mappings. */
export function takesMappings({ capabilities }: Pick<PluginConf, 'capabilities'>): boolean {
  return capabilities['portMappings'] === true
}

// IgnoreUnknown, since every plugin of a chain sees the same pairs and knows only some of them.
function cniArgsOf(hostname: string, { ip, macAddress }: WantedNetwork): CniArgs {
  return [
    ['IgnoreUnknown', '1'],
    ['NERDCTL_CNI_DHCP_HOSTNAME', hostname],
    ...(ip === undefined ? [] : [['IP', ip] as const]),
    ...(macAddress === undefined ? [] : [['MAC', macAddress] as const]),
  ]
}
