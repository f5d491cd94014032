import { attachmentText } from '@vethra/findings'
import { isEffect } from '@vethra/firewall'
import type { Owned } from '@vethra/state'
import { keyOf } from '../attach/membership.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { isOfResolver } from './left-effects.ts'
import { placeOf } from './native-effects.ts'

/**
 * Makes all that recorded attachments have in table `inet vethra` again, in one transaction: after a flush, and only where
 * nothing of ours is left there. Returns how many effects were made. Looks at no namespace and waits for no lock: what
 * comes back of an attachment that ends meanwhile is removed again, here or by the next look. Throws CniError where the
 * kernel refuses.
 */
export async function restoreTable(tools: DoctorTools): Promise<number> {
  const kernel = await tools.host.kernel?.()
  if (kernel === undefined) return 0
  if ((await kernel.effects()).some(({ resource }) => !isOfResolver(resource))) return 0
  const wanted = await recordedEffects(tools)
  if (wanted.size === 0) return 0
  await kernel.fillTable()
  const { failed } = await kernel.apply(
    '',
    [...wanted.values()].map((to) => ({ kind: 'make', to }) as const),
  )
  if (failed) throw failed.error
  const now = await recordedEffects(tools)
  const ended = [...wanted].flatMap(([place, from]) =>
    now.has(place) ? [] : [{ kind: 'remove', from } as const],
  )
  if (ended.length > 0) await kernel.apply('', ended)
  return wanted.size
}

async function recordedEffects({
  memory,
  effectsOf,
}: DoctorTools): Promise<ReadonlyMap<string, Owned>> {
  const { records, cached } = await memory()
  const made = new Map(cached.map((each) => [attachmentText(keyOf(each)), each]))
  const effects = records.flatMap((record) => {
    const source = made.get(attachmentText(record)) ?? record.made
    return record.ways && source ? effectsOf({ made: source, ways: record.ways }) : []
  })
  return new Map(
    effects.filter(({ resource }) => isEffect(resource)).map((each) => [placeOf(each), each]),
  )
}
