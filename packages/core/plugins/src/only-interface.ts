import type { Result } from '@vethra/cni'
import type { Owner, Resource } from '@vethra/state'
import { configureInterface } from './configure-interface.ts'
import type { Addresses, Planned, PluginRequest } from './plugin.ts'
import { ipOf } from './subnets.ts'

/** An interface that a plugin makes in a container, and nothing else. */
export interface OnlyInterface {
  /** The resource that makes it: a link, or one that is moved in. */
  readonly link: Resource
  /** Lower case; empty where it has none. */
  readonly mac: string
  readonly addresses: Addresses | undefined
  /** That of the conf: it counts in place of that of the IPAM plugin. */
  readonly dns: Result['dns'] | undefined
}

/** The plan of a plugin that makes one interface: the link, its addresses and routes, and the result that names them. */
export function onlyInterface(
  { network, attachment, cniVersion }: PluginRequest,
  { link, mac, addresses, dns }: OnlyInterface,
): Planned {
  const { containerId, ifname, netns } = attachment
  const { ips = [], routes = [], dns: leased = {} } = addresses ?? {}
  const owner: Owner = { kind: 'attachment', network, containerId, ifname }
  const own = ips.flatMap((ip) => ipOf(ip) ?? [])
  const resources = [link, ...configureInterface(ifname, own, routes)]
  return {
    resources: resources.map((resource) => ({ resource, owner })),
    result: {
      cniVersion,
      interfaces: [{ name: ifname, ...(mac === '' ? {} : { mac }), sandbox: netns }],
      ips: ips.map((ip) => ({ ...ip, interface: 0 })),
      routes,
      dns: dns ?? leased,
    },
  }
}
