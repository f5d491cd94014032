import type { CniError } from '@vethra/cni'
import type { Change, Owned, Owner } from '@vethra/state'
import type { AttachmentKernel } from '@vethra/world'

/** Removes effects with marks of ours (`of`: of that owner alone), and with the last network the rule in other firewalls. Idempotent. Returns the first refusal. */
export async function removeEffects(
  kernel: AttachmentKernel,
  isDoomed: (effect: Owned) => boolean,
  of?: Owner,
): Promise<CniError | undefined> {
  const doomed = (await kernel.effects(of)).filter(isDoomed)
  if (doomed.length === 0) return undefined
  const removals = doomed.map((from) => ({ kind: 'remove', from }) as const)
  const changes = [...doomed.flatMap(closeLoopback), ...removals]
  const { failed } = await kernel.apply('', changes)
  return failed?.error
}

// The guard goes with an admission: a bridge that stays would lead its peers to what the host serves on 127.0.0.1.
function closeLoopback({ resource, owner }: Owned): readonly Change[] {
  if (resource.kind !== 'admit' || resource.bridge === '') return []
  const key = `net/ipv4/conf/${resource.bridge}/route_localnet`
  const sysctl = { kind: 'sysctl', place: 'host', key, value: '0', optional: true } as const
  return [{ kind: 'make', to: { owner, resource: sysctl } }]
}
