import type { Repair } from '@vethra/model'
import { detachAll } from '@vethra/plan'
import type { DoctorTools } from './doctor-tools.ts'
import type { RepairResult } from './repair.ts'

/** Detaches what is attached to a namespace that is gone: DEL with what ADD was called with. */
export async function repairAttachment(
  { host }: DoctorTools,
  { attachment: key }: Extract<Repair, { kind: 'detach' }>,
): Promise<RepairResult> {
  const [record, cached] = await Promise.all([host.records.read(key), host.cache.read(key)])
  if (record === undefined && cached === undefined) return 'it is detached'
  const netns = record?.netns ?? cached?.attachment.netns ?? ''
  const now = await host.netns.idOf(netns)
  if (record ? now === record.netnsId : now !== '') return 'its namespace is there'
  const { network, containerId, ifname } = key
  const attachment = { containerId, netns: '', ifname, cniArgs: [], capabilityArgs: {} }
  await detachAll(host, [{ network, list: undefined, attachment }])
  return undefined
}
