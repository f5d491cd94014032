import {
  CniError,
  type ConfList,
  compareVersions,
  onCniError,
  oneOrAll,
  type PluginConf,
  present,
} from '@vethra/cni'
import { requestConfiguration } from '@vethra/conflist'
import { isNative, type PluginWay } from '@vethra/plugins'
import type { PluginRunner } from '@vethra/world'
import { networkCall } from './calls.ts'
import type { NetworkPlan } from './plan.ts'
import { run } from './run.ts'
import { supportedVersions } from './supported-versions.ts'

/** STATUS of every plugin, and of IPAM behind old interface plugins (SPEC 1.1.0). `ways`: default programs. Throws the plugin's CniError. */
export async function checkStatus(
  runner: PluginRunner,
  list: ConfList,
  ways: readonly PluginWay[] = [],
): Promise<void> {
  await run(runner, { operation: 'STATUS', list, ways })
  await askIpam(runner, { operation: 'STATUS', list, ways })
}

/** Has every plugin free what is of none of the valid attachments; as for `checkStatus`, IPAM plugins included. Goes on after failures. */
export async function freeUnused(
  runner: PluginRunner,
  plan: NetworkPlan & { readonly operation: 'GC' },
): Promise<void> {
  const errors: unknown[] = []
  for (const work of [run, askIpam])
    await work(runner, plan).catch((error: unknown) => void errors.push(error))
  if (errors.length > 0) throw oneOrAll(errors, `GC of network ${plan.list.name} failed`)
}

async function askIpam(runner: PluginRunner, plan: NetworkPlan): Promise<void> {
  if (plan.operation === 'GC' && plan.list.disableGc) return
  for (const [index, plugin] of plan.list.plugins.entries()) {
    // A native plugin has its IPAM plugin with it.
    if (isNative(plan.list, plan.ways, index)) continue
    if (await mustAskIpam(runner, plan, plugin)) await askIpamOf(runner, plan, plugin)
  }
}

// An interface plugin of 1.1.0 passes STATUS and GC on to its IPAM plugin, if it was asked itself.
async function mustAskIpam(
  runner: PluginRunner,
  { list }: NetworkPlan,
  { type, ipamType }: PluginConf,
): Promise<boolean> {
  if (ipamType === undefined) return false
  const asked = compareVersions(list.cniVersion, '1.1.0') >= 0
  if (asked && (await knows(runner, type))) return false
  return knows(runner, ipamType)
}

async function knows(runner: PluginRunner, type: string): Promise<boolean> {
  const versions = await supportedVersions(runner, type)
  return versions.includes('1.1.0')
}

async function askIpamOf(
  runner: PluginRunner,
  { operation, list, validAttachments }: NetworkPlan,
  plugin: PluginConf,
): Promise<void> {
  const extras = present({ validAttachments })
  const stdin = requestConfiguration({ ...list, cniVersion: '1.1.0' }, plugin, extras)
  const message = `IPAM plugin type=${JSON.stringify(plugin.ipamType)} failed (${operation})`
  const failed = onCniError((cause) => {
    throw new CniError({ code: cause.code, message, cause })
  })
  await runner.run(networkCall({ operation }, plugin.ipamType ?? '', stdin)).catch(failed)
}
