import { familyOf } from '@vethra/cni'
import type { DesiredState } from './desired-state.ts'
import type { Finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'
import { kindOf, type LossPlace } from './repair-kinds.ts'

/** The losses before a look, by the ids of their findings. */
export interface Losses {
  /** When rules and links that were lost alone were restored last, in milliseconds since 1970. */
  readonly restored: ReadonlyMap<string, number>
  /** Those that were left alone at the last look. */
  readonly held: Pick<ReadonlySet<string>, 'has'>
}

/** A rule or a link that is lost again within this time stays removed, in milliseconds. */
export const peaceMs = 60_000

/** Where no rule of ours is, of several that should be there: somebody has flushed or reloaded it, and wants nothing of ours. */
export function flushedPlaces(
  { attachments }: Pick<DesiredState, 'attachments'>,
  { firewall, masquerades, table }: Pick<ObservedState, 'firewall' | 'masquerades' | 'table'>,
): ReadonlySet<LossPlace> {
  const isUsed = (family: 4 | 6) =>
    attachments.some(({ addresses }) =>
      addresses.some(({ address }) => familyOf(address) === family),
    )
  return new Set([
    ...firewall.flatMap((each) => (isUsed(each.family) ? each.flushed : [])),
    ...(table.flushed ? (['table'] as const) : []),
    ...(masquerades?.length === 0 ? (['masquerades'] as const) : []),
  ])
}

/**
 * The findings of rules and links that were lost alone, by id: `again` where one was restored less than a minute ago, so
 * that somebody wants it removed, `once` else. Where all was flushed nothing is lost alone.
 */
export function lossesAlone(
  findings: readonly Finding[],
  { restored, held }: Losses,
  { flushed, nowMs }: { readonly flushed: ReadonlySet<LossPlace>; readonly nowMs: number },
): ReadonlyMap<string, 'once' | 'again'> {
  const isAgain = ({ id }: Finding) =>
    held.has(id) || nowMs - (restored.get(id) ?? Number.NEGATIVE_INFINITY) < peaceMs
  return new Map(
    findings.flatMap((each) => {
      const place = placeOf(each)
      const alone = place !== undefined && !flushed.has(place)
      return alone ? [[each.id, isAgain(each) ? 'again' : 'once'] as const] : []
    }),
  )
}

function placeOf({ kind, repair }: Finding): LossPlace | undefined {
  if (kind === 'settings-changed') return 'link'
  if (repair?.kind === 'restore-masquerading' && repair.attachment.byNft) return 'masquerades'
  if (repair?.kind === 'restore-rules' && repair.effects.includes('ports')) return 'nat'
  return repair && kindOf(repair).place
}

/** A finding whose repair is held back. */
export function withoutRepair({ repair: _, ...each }: Finding): Finding {
  return {
    ...each,
    severity: 'warning',
    evidence: [
      ...each.evidence,
      'it was restored, and removed again within a minute: it stays removed until it is repaired by hand',
    ],
  }
}
