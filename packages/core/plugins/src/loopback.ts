import { confError, type ResultIp } from '@vethra/cni'
import { owned, ownerOf } from './owned.ts'
import type { Facts, Plugin } from './plugin.ts'
import { words } from './words.ts'

/** The plugin `loopback`: `lo` up in the container. */
export const loopback: Plugin<Record<string, never>> = {
  type: 'loopback',
  keys: [],
  parse: () => ({}),
  wants: (_, { called }) => (called ? { inside: ['lo'] } : {}),
  plan: (_, { request, previous, facts }) => {
    const { cniVersion, attachment } = request
    const resource = { kind: 'link settings', place: 'container', link: 'lo', up: true } as const
    const lo = { name: 'lo', mac: '00:00:00:00:00:00', sandbox: attachment.netns }
    return {
      resources: owned(ownerOf(request), [resource]),
      result: previous ?? {
        cniVersion,
        interfaces: [lo],
        ips: addressesOf(facts),
        routes: [],
        dns: {},
      },
    }
  },
}

// The first of each family; those that the kernel gives come when it is up.
function addressesOf({ inside }: Facts): readonly ResultIp[] {
  const found = inside?.['lo']?.addresses ?? []
  const other = found.find((each) => !/^(127\.|::1\/)/.test(each))
  if (other !== undefined) throw confError(words.notLoopback(other.replace(/\/.*/, '')))
  const [four, six] = [false, true].map((is6) => found.find((each) => each.includes(':') === is6))
  return [four ?? '127.0.0.1/8', six ?? '::1/128'].map((address) => ({ address, interface: 0 }))
}
