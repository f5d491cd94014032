import { guards } from '@vethra/cni'
import type { Repair } from '@vethra/findings'
import { isSameOwner } from '@vethra/state'
import { holdingContainer } from '../attach/holding-container.ts'
import { rememberedOnly } from '../attach/membership.ts'
import { converge } from '../converge.ts'
import { removeEffects } from '../remove-effects.ts'
import { livingRecord } from './alive.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { nativeEffects } from './native-effects.ts'
import { readNetworks } from './observe.ts'
import type { RepairResult } from './repair-result.ts'

/** Makes an attachment's elements and settings as its native plugins made them. */
export async function restoreElements(
  { host }: DoctorTools,
  { attachment: key }: Extract<Repair, { kind: 'restore-elements' }>,
): Promise<RepairResult> {
  const kernel = await host.kernel?.()
  if (kernel === undefined) return 'this build cannot change table inet vethra'
  return holdingContainer(host, [rememberedOnly(key)], async () => {
    const [record, made] = [await livingRecord(host, key), await host.cache.read(key)]
    if (record?.ways === undefined || made === undefined) return 'it is not attached any more'
    const desired = nativeEffects({ made, ways: record.ways })
    const outcome = await converge(kernel, { netns: '', desired })
    if (outcome.kind === 'failed') throw outcome.error
    return outcome.changes.length > 0 ? undefined : 'they are there'
  })
}

/** Takes out the elements of an owner that is known no more. */
export async function removeElements(
  tools: DoctorTools,
  { owner }: Extract<Repair, { kind: 'remove-elements' }>,
): Promise<RepairResult> {
  const { host } = tools
  const path =
    owner.kind === 'network'
      ? guards.network(host.places, owner.network)
      : guards.attachment(host.places, owner.containerId)
  return host.lock.hold(path, async () => {
    if (await isKnown(tools, owner)) return 'it is known again'
    const kernel = await host.kernel?.()
    const error = kernel && (await removeEffects(kernel, (each) => isSameOwner(each.owner, owner)))
    if (error) throw error
    return undefined
  })
}

async function isKnown(
  tools: DoctorTools,
  owner: Extract<Repair, { kind: 'remove-elements' }>['owner'],
): Promise<boolean> {
  if (owner.kind === 'network') {
    const { networks } = await readNetworks(tools, await tools.namespaces())
    return networks.some(({ name }) => name === owner.network)
  }
  const { records, cache } = tools.host
  const [record, cached] = await Promise.all([records.read(owner), cache.read(owner)])
  return record !== undefined || cached !== undefined
}
