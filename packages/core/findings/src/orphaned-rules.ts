import { isKnown, type SignsOfLife } from '@vethra/ipam'
import { type Finding, finding } from './finding.ts'

/** Whether rules are of a container of others that is known: nerdctl leaves those of one that it stops until it starts or removes it. */
export function isOfOthers(
  { containerId }: { readonly containerId: string } = { containerId: '' },
  { known }: Pick<SignsOfLife, 'known'>,
  ours: ReadonlySet<string>,
): boolean {
  return !ours.has(containerId) && isKnown(containerId, known)
}

/** Rules of one container that is not attached. */
interface OrphanedRules {
  /** The mark that they bear, and the tool that they are of. */
  readonly name: string
  /** Absent where the mark tells of nobody. */
  readonly owner: { readonly network: string; readonly containerId: string } | undefined
  readonly evidence: readonly string[]
  /** The commands that remove them. */
  readonly fix: string
}

/** The finding of orphaned rules: repaired where their container was ours, else a warning with the fix. */
export function orphanedRules(
  { name, owner, evidence, fix }: OrphanedRules,
  ourContainers: ReadonlySet<string>,
): Finding {
  const whose = owner
    ? `container ${owner.containerId} in network ${owner.network}`
    : 'a container that is not known'
  return finding({
    kind: 'rules-left',
    subject: { kind: 'rules', name },
    message: `orphaned firewall rules of ${whose}, which is not attached`,
    evidence,
    ...(owner && ourContainers.has(owner.containerId)
      ? { repair: { kind: 'remove-rules', ...owner } }
      : { severity: 'warning', fix }),
  })
}
