import type { Result } from '@vethra/cni'
import type { Resource } from '@vethra/state'
import { configureInterface } from './configure-interface.ts'
import { owned, ownerOf } from './owned.ts'
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
  request: PluginRequest,
  { link, mac, addresses, dns }: OnlyInterface,
): Planned {
  const { ifname, netns } = request.attachment
  const { ips = [], routes = [], dns: leased = {} } = addresses ?? {}
  const own = ips.flatMap((ip) => ipOf(ip) ?? [])
  return {
    resources: owned(ownerOf(request), [link, ...configureInterface(request, own, routes)]),
    result: {
      cniVersion: request.cniVersion,
      interfaces: [{ name: ifname, ...(mac === '' ? {} : { mac }), sandbox: netns }],
      ips: ips.map((ip) => ({ ...ip, interface: 0 })),
      routes,
      dns: dns ?? leased,
    },
  }
}
