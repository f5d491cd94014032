import { owned, ownerOf } from './owned.ts'
import type { Plugin } from './plugin.ts'

/** The plugin `loopback`: `lo` up in the container. */
export const loopback: Plugin<Record<string, never>> = {
  type: 'loopback',
  keys: [],
  parse: () => ({}),
  plan: (_, { request, previous }) => {
    const { cniVersion, attachment } = request
    const resource = { kind: 'link settings', place: 'container', link: 'lo', up: true } as const
    const lo = { name: 'lo', mac: '00:00:00:00:00:00', sandbox: attachment.netns }
    const addresses = [
      { address: '127.0.0.1/8', interface: 0 },
      { address: '::1/128', interface: 0 },
    ]
    return {
      resources: owned(ownerOf(request), [resource]),
      result: previous ?? { cniVersion, interfaces: [lo], ips: addresses, routes: [], dns: {} },
    }
  },
}
