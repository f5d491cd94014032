import { bridgeOf } from '@vethra/model'
import type { ConfList } from '@vethra/spec'
import type { LinkInside, NamespaceFacts } from './namespace-facts.ts'
import type { PluginRunner } from './plugin-runner.ts'

/**
 * A runner that undoes an ADD which did not come to its end: until its first plugin has succeeded, DEL is
 * given no namespace while the interface there is none that the plugin makes. Another runtime's may
 * have come between the look at the namespace and the ADD. `lo` is made by no plugin.
 */
export function sparingOthers(
  runner: PluginRunner,
  { linkAt }: NamespaceFacts,
  list: ConfList,
): PluginRunner {
  let isMade = false
  return {
    run: async (call) => {
      if (call.operation === 'ADD') {
        const printed = await runner.run(call)
        isMade = true
        return printed
      }
      const { operation, netns, ifname } = call
      if (operation !== 'DEL' || netns === '') return runner.run(call)
      const link = isMade || ifname === 'lo' ? undefined : await linkAt(netns, ifname)
      const isOthers = ifname === 'lo' || (link !== undefined && !isMadeBy(list, link))
      return runner.run(isOthers ? { ...call, netns: '' } : call)
    },
  }
}

const kinds: Readonly<Record<string, string>> = {
  bridge: 'veth',
  ptp: 'veth',
  macvlan: 'macvlan',
  ipvlan: 'ipvlan',
  vlan: 'vlan',
  dummy: 'dummy',
  tap: 'tun',
}

/** Whether an interface may be the one that a list's first plugin makes: a plugin of a type not known here may make any. */
function isMadeBy(list: ConfList, { kind, bridge }: LinkInside): boolean {
  const type = list.plugins[0]?.type ?? ''
  const made = kinds[type]
  if (made === undefined) return true
  if (kind !== made) return false
  return kind !== 'veth' || bridge === (type === 'bridge' ? bridgeOf(list) : undefined)
}
