import { type MasqueradeRule, masqueradeMark, masqueradeRemoval } from '@vethra/firewall'
import type { DesiredAttachment } from './desired-state.ts'
import type { Finding } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedState } from './observed-state.ts'
import { isOfOthers, orphanedRules } from './orphaned-rules.ts'

/** The addresses of an attachment that rules of Go plugins masquerade by nftables; all of them where these were not looked at. */
export function masqueradedByNft(
  attachment: DesiredAttachment,
  { masquerades }: Pick<ObservedState, 'masquerades'>,
): readonly string[] {
  if (masquerades === undefined) return attachment.addresses.map(({ address }) => address)
  const mark = masqueradeMark(attachment)
  return masquerades.flatMap((rule) => (rule.mark === mark ? [rule.address] : []))
}

/** Rules of that table which belong to no attachment that is known. */
export function leftMasqueradeFindings(
  { masquerades = [], attachments, signs }: ObservedState,
  { ourContainers }: Pick<Maps, 'ourContainers'>,
): readonly Finding[] {
  if (masquerades.length === 0) return []
  const known = new Set(attachments.map(masqueradeMark))
  const left = masquerades.filter(
    ({ mark, claim }) => !known.has(mark) && !isOfOthers(claim, signs, ourContainers),
  )
  return [...Map.groupBy(left, ({ mark }) => mark).values()].map((rules) =>
    leftRules(rules, ourContainers),
  )
}

function leftRules(rules: readonly MasqueradeRule[], ourContainers: ReadonlySet<string>): Finding {
  const [first] = rules
  const name = `${first?.mark ?? ''} (nftables)`
  const evidence = rules.map(({ address, comment }) => `${address} is masqueraded: ${comment}`)
  const fix = rules.map(masqueradeRemoval).join(' && ')
  return orphanedRules({ name, owner: first?.claim, evidence, fix }, ourContainers)
}
