import { attachmentText, type ObservedTable } from '@vethra/findings'
import { lifeNow } from '../attach/life.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { type NativeAttachment, observeTable } from './native-effects.ts'
import { isIn, type Scope } from './scope.ts'

/** Looks at table `inet vethra` for the living attachments of a scope, and at nothing else of the host. */
export async function observeElements(
  { host, memory, effectsOf, clock }: DoctorTools,
  scope: Scope,
): Promise<ObservedTable> {
  const { records, cached } = await memory()
  const made = new Map(
    cached.map((each) => [attachmentText({ ...each.attachment, network: each.network }), each]),
  )
  const native = await Promise.all(
    records.map(async (record): Promise<readonly NativeAttachment[]> => {
      const source = made.get(attachmentText(record)) ?? record.made
      if (!isIn(scope, record) || !record.ways || !source) return []
      return (await lifeNow(host, record)) === 'alive' ? [{ made: source, ways: record.ways }] : []
    }),
  )
  return observeTable(
    { kernel: await host.kernel?.(), native: native.flat(), effectsOf, clock },
    undefined,
  )
}
