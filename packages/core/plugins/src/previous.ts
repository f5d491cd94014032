import { CniError, type Result } from '@vethra/cni'
import type { PluginRequest } from './plugin.ts'

/**
 * The result of the plugin before; an empty one where what is planned is to be removed and nothing is known
 * of it. Throws CniError 7 for a chained plugin at the head of its list.
 */
export function needsPrevious(
  type: string,
  previous: Result | undefined,
  { cniVersion }: PluginRequest,
  removing: boolean = false,
): Result {
  if (previous) return previous
  if (removing) return { cniVersion, interfaces: [], ips: [], routes: [], dns: {} }
  throw new CniError({
    code: 7,
    message: `plugin ${type} needs the result of a plugin before it`,
    hint: `Put ${type} behind the plugin that makes the interface.`,
  })
}

/** The interface of the host that leads to the container: the bridge, or the host's end of its veth. */
export function hostInterfaceOf({ interfaces }: Result): string | undefined {
  return interfaces.find(({ sandbox }) => !sandbox)?.name
}
