import { isObject, type Json, parseExactly, present } from '@vethra/cni'
import { networkSubnets } from './anatomy.ts'
import { hasIpv6, isInternalBridge, networkDriver, networkOptions } from './driver-facts.ts'
import { visibleLabels } from './find.ts'
import type { Network } from './network.ts'

/** A container of a network, for `network inspect`. */
export interface NetworkContainer {
  readonly id: string
  readonly name: string
  /** Empty when not known. */
  readonly macAddress: string
  /** With prefix length: `10.4.0.2/24`; empty when it has none. */
  readonly ipv4Address: string
  readonly ipv6Address: string
}

/** A network as `docker network inspect` shows it, in its order of keys. */
export interface DockerNetwork {
  readonly Name: string
  readonly Id?: string
  /** When the conf list was written: RFC 3339, in UTC; empty for a mode. */
  readonly Created: string
  /** The type of the first plugin; empty for a mode. */
  readonly Driver: string
  readonly EnableIPv6: boolean
  readonly IPAM: { readonly Config: readonly DockerIpamConfig[] }
  /** Whether it has no way out. */
  readonly Internal: boolean
  /** By container id. */
  readonly Containers: Readonly<Record<string, DockerEndpoint>>
  /** By the names of `-o`, without those that are the default. */
  readonly Options: Readonly<Record<string, string>>
  readonly Labels: Readonly<Record<string, string>> | null
}

/** A subnet of a DockerNetwork. */
interface DockerIpamConfig {
  readonly Subnet: string
  readonly Gateway?: string
  readonly IPRange?: string
  readonly AuxiliaryAddresses?: Readonly<Record<string, string>>
}

/** A container of a DockerNetwork. */
interface DockerEndpoint {
  readonly Name: string
  readonly MacAddress: string
  readonly IPv4Address: string
  readonly IPv6Address: string
}

/** A network as `nerdctl network inspect --mode native` shows it. */
export interface NativeNetwork {
  /** The conf list. Its integers past 2^53 are rounded here, though never in what plugins get. */
  readonly CNI: Json
  readonly NerdctlID: string | null
  readonly NerdctlLabels?: Readonly<Record<string, string>>
  readonly File: string
  readonly Containers: readonly (DockerEndpoint & { readonly ID: string })[] | null
}

/** A network and its containers in the shape of `--mode dockercompat`. */
export function dockerNetwork(
  network: Network,
  containers: readonly NetworkContainer[],
): DockerNetwork {
  return {
    Name: network.name,
    ...present({ Id: network.id }),
    Created: network.modified ?? '',
    Driver: networkDriver(network),
    EnableIPv6: hasIpv6(network),
    IPAM: { Config: networkSubnets(network).map(dockerIpamConfig) },
    Internal: isInternalBridge(network),
    Containers: Object.fromEntries(containers.map((each) => [each.id, dockerEndpoint(each)])),
    Options: networkOptions(network),
    Labels: Object.keys(network.labels).length > 0 ? visibleLabels(network) : null,
  }
}

/** A network and its containers in the shape of `--mode native`. */
export function nativeNetwork(
  network: Network,
  containers: readonly NetworkContainer[],
): NativeNetwork {
  const CNI = parseExactly(network.list.text)
  const labelled = isObject(CNI) && Object.hasOwn(CNI, 'nerdctlLabels')
  return {
    CNI,
    NerdctlID: network.id ?? null,
    ...(network.managed && labelled ? { NerdctlLabels: network.labels } : {}),
    File: network.file,
    Containers:
      containers.length > 0
        ? containers.map((each) => ({ ID: each.id, ...dockerEndpoint(each) }))
        : null,
  }
}

function dockerIpamConfig(given: ReturnType<typeof networkSubnets>[number]): DockerIpamConfig {
  const { subnet, gateway, ipRange, auxAddresses } = given
  return {
    Subnet: subnet,
    ...present({ Gateway: gateway, IPRange: ipRange }),
    ...(Object.keys(auxAddresses).length > 0 ? { AuxiliaryAddresses: auxAddresses } : {}),
  }
}

function dockerEndpoint(container: NetworkContainer): DockerEndpoint {
  return {
    Name: container.name,
    MacAddress: container.macAddress,
    IPv4Address: container.ipv4Address,
    IPv6Address: container.ipv6Address,
  }
}
