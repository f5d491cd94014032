import { CniError, type ConfList, confError, isSpecVersion } from '@vethra/cni'
import { isNative, type PluginWay } from '@vethra/plugins'
import type { PluginRunner } from '@vethra/world'
import { supportedVersions } from './supported-versions.ts'

/**
 * Whether the plugins of a list are there and support its version (libcni, ValidateNetworkList). `ways` are those of
 * now; default: programs.
 * Returns the capabilities that they declare, each once, in order. Throws CniError 7 whose cause lists
 * every fault.
 */
export async function validateList(
  runner: PluginRunner,
  list: ConfList,
  ways: readonly PluginWay[] = [],
): Promise<readonly string[]> {
  const faults: unknown[] = []
  for (const [index, { type }] of list.plugins.entries()) {
    if (isNative(list, ways, index) && isSpecVersion(list.cniVersion || '0.1.0')) continue
    await checkPlugin(runner, type, list.cniVersion).catch(
      (fault: unknown) => void faults.push(fault),
    )
  }
  if (faults.length > 0) {
    const message = `network ${JSON.stringify(list.name)} can't run`
    throw confError(message, { cause: new AggregateError(faults) })
  }
  const declared = list.plugins.flatMap(({ capabilities }) =>
    Object.keys(capabilities).filter((name) => capabilities[name]),
  )
  return [...new Set(declared)]
}

async function checkPlugin(runner: PluginRunner, type: string, version: string): Promise<void> {
  const versions = await supportedVersions(runner, type)
  if (versions.includes(version || '0.1.0')) return
  throw new CniError({
    code: 1,
    message: `plugin ${type} does not support config version ${JSON.stringify(version)}`,
    hint: `Set cniVersion in the conf list to one of ${versions.join(', ')}, or install a newer ${type}.`,
  })
}
