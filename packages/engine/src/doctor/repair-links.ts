import { guards } from '@vethra/cni'
import type { Repair } from '@vethra/findings'
import { livingRecord } from './alive.ts'
import type { DoctorTools } from './doctor-tools.ts'
import type { RepairResult } from './repair-result.ts'

/** Makes a bridge as it should be, while something is attached to its network. */
export async function restoreBridge(
  { host, kernel }: DoctorTools,
  { bridge }: Extract<Repair, { kind: 'restore-bridge' }>,
): Promise<RepairResult> {
  const records = await host.records.list()
  if (!records.some(({ network }) => network === bridge.network)) {
    return 'nothing is attached to its network any more'
  }
  await kernel.restoreBridge(bridge)
  return undefined
}

/** Puts the interface of the host that leads to a living container back on its bridge. */
export async function restoreLink(
  { host, kernel }: DoctorTools,
  { attachment: key, link, bridge }: Extract<Repair, { kind: 'restore-link' }>,
): Promise<RepairResult> {
  return host.lock.hold(guards.attachment(host.places, key.containerId), async () => {
    const record = await livingRecord(host, key)
    if (record === undefined) return 'it is not attached any more'
    if (!(await kernel.links()).some(({ name }) => name === link)) return 'the interface is gone'
    // A name alone may be another's by now: of a container that another runtime made, or of the host.
    const { otherEnd } = (await host.netns.linkAt(record.netns, key.ifname)) ?? {}
    if (otherEnd !== link) return 'the interface of that name leads elsewhere'
    await kernel.restoreLink(link, bridge)
    return undefined
  })
}
