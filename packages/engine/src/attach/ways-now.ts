import type { ConfList } from '@vethra/cni'
import { isNative, type PluginWay, waysOf } from '@vethra/plugins'
import type { HostTools } from './host-tools.ts'

/** The parts that say which way plugins go: the choice, and whether there is a kernel for the native way. */
type WayTools = Pick<HostTools, 'runner' | 'plugins'>

/** The ways that the plugins of a list would go now. */
export function waysNow(
  { runner, plugins = 'exec' }: WayTools,
  list: ConfList,
): readonly PluginWay[] {
  return runner.stage ? waysOf(list, plugins) : []
}

/** The programs that a list needs, each once, in the order of ADD; an IPAM plugin after the one that calls it. */
export function programsOf(tools: WayTools, list: ConfList): readonly string[] {
  const ways = waysNow(tools, list)
  const programs = list.plugins.flatMap(({ type, ipamType = type }, index) => {
    if (!isNative(list, ways, index)) return [type, ipamType]
    return ways[index]?.ipam ? [ipamType] : []
  })
  return [...new Set(programs)]
}
