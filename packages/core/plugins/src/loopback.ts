import type { Plugin } from './plugin.ts'

/** The plugin `loopback`: `lo` up in the container. */
export const loopback: Plugin<Record<string, never>> = {
  type: 'loopback',
  keys: [],
  parse: () => ({}),
  wants: () => ({}),
  plan: (_, { request, previous }) => {
    const { network, cniVersion, attachment } = request
    const { containerId, ifname, netns } = attachment
    const resource = { kind: 'link settings', place: 'container', link: 'lo', up: true } as const
    const lo = { name: 'lo', mac: '00:00:00:00:00:00', sandbox: netns }
    const addresses = [
      { address: '127.0.0.1/8', interface: 0 },
      { address: '::1/128', interface: 0 },
    ]
    return {
      resources: [{ resource, owner: { kind: 'attachment', network, containerId, ifname } }],
      result: previous ?? { cniVersion, interfaces: [lo], ips: addresses, routes: [], dns: {} },
    }
  },
}
