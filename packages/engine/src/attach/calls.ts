import { compareVersions, type PluginCall, type PluginConf, present } from '@vethra/cni'
import { requestConfiguration } from '@vethra/conflist'
import { isNative } from '@vethra/plugins'
import type { StageCall } from '@vethra/world'
import type { AttachmentPlan, NetworkPlan, Plan, Progress } from './plan.ts'

/** The plugins of the next step, in the list's order: one program, or all neighbours that go native. */
export function stretchOf({ plan, direction, index }: Progress): readonly PluginConf[] {
  const { list, ways } = plan
  const step = direction === 'forward' ? 1 : -1
  let end = index + step
  if (isNative(list, ways, index)) while (isNative(list, ways, end)) end += step
  return step === 1 ? list.plugins.slice(index, end) : list.plugins.slice(end + 1, index + 1)
}

/** The call of a stretch that goes native. */
export function stageCall(progress: Progress, plugins: readonly PluginConf[]): StageCall {
  const { plan, last } = progress
  const previous = last?.text ?? ('attachment' in plan ? plan.prevResult : undefined)
  const calls = plugins.map((plugin) => callOf(progress, plugin))
  const { operation } = calls[0] ?? plan
  const ipam = ipamCall(plan, plugins[0], calls[0])
  return { operation, calls, ...present({ previous, ipam }) }
}

function ipamCall(
  { list, ways }: Plan,
  plugin: PluginConf | undefined,
  call: PluginCall | undefined,
): PluginCall | undefined {
  const isProgram = list.plugins.some((each, at) => each === plugin && ways?.[at]?.ipam === 'exec')
  const type = plugin?.ipamType
  return call && isProgram && type !== undefined ? { ...call, type } : undefined
}

/** The call of one plugin. */
export function callOf(progress: Progress, plugin: PluginConf): PluginCall {
  const { plan, direction } = progress
  const { type } = plugin
  if (!('attachment' in plan)) {
    const { validAttachments } = plan
    const extras = present({ validAttachments })
    return networkCall(plan, type, requestConfiguration(plan.list, plugin, extras))
  }
  const { capabilityArgs, ...attachment } = plan.attachment
  const prevResult = prevResultOf(progress, plan)
  const extras = { capabilityArgs, ...present({ prevResult }) }
  const stdin = requestConfiguration(plan.list, plugin, extras)
  return { type, operation: direction === 'back' ? 'DEL' : plan.operation, ...attachment, stdin }
}

/** The call of a plugin for an operation on the network itself, which knows no container. */
export function networkCall(
  { operation }: Pick<NetworkPlan, 'operation'>,
  type: string,
  stdin: string,
): PluginCall {
  return { type, operation, containerId: '', netns: '', ifname: '', cniArgs: [], stdin }
}

// ADD hands on the previous plugin's result as printed; DEL knows a previous result since 0.4.0.
function prevResultOf(
  { direction, last }: Progress,
  { operation, list, prevResult }: AttachmentPlan,
): string | undefined {
  if (direction === 'forward' && operation === 'ADD') return last?.text
  const since = compareVersions(list.cniVersion, '0.4.0') >= 0
  return since ? (last?.text ?? prevResult) : undefined
}
