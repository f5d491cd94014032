import type { AttachmentKey } from '@vethra/cni'
import { describeChange, type Resource } from '@vethra/state'
import { attachmentText, refOf } from './attachment-ref.ts'
import { type Finding, finding, type Subject } from './finding.ts'
import type { ObservedState, ObservedTable, TableOwner } from './observed-state.ts'
import type { Repair } from './repair.ts'

/** The elements that are missing in table `inet vethra`, and those of owners that are known no more. */
export function tableFindings({ table }: Pick<ObservedState, 'table'>): readonly Finding[] {
  const groups = Map.groupBy(table.missing, ({ attachment, due }) =>
    JSON.stringify([attachmentText(attachment), wordsOf(due.to.resource.kind)[0]]),
  )
  const lost = [...groups.values()].flatMap((all) => {
    const [first] = all
    if (first === undefined) return []
    const attachment = refOf(first.attachment)
    const desired = all.map(({ due }) => due.to)
    const repair = () => ({ kind: 'restore-elements', attachment, desired }) as const
    const evidence = all.map(({ due }) => `due is: ${describeChange(due)}`)
    return lossFindings(first.due.to.resource.kind, attachment, { evidence, repair })
  })
  const { extra = [], doubtful = [], strange = [] } = table
  return [
    ...lost,
    ...table.left.map(left),
    ...extra.map(added),
    ...doubtful.map(unsure),
    ...[true, false].flatMap((refuses) =>
      addedByOthers(strange.filter((each) => each.refuses === refuses)),
    ),
  ]
}

/** The finding that effects of a kind are missing for a living attachment, or a setting of the host; none without evidence. */
export function lossFindings(
  effect: Resource['kind'],
  attachment: AttachmentKey,
  { evidence, repair }: { readonly evidence: readonly string[]; readonly repair: () => Repair },
): readonly Finding[] {
  if (evidence.length === 0) return []
  const { network, containerId } = attachment
  const [kind, message] = wordsOf(effect)
  const subject: Subject =
    effect === 'isolate'
      ? { kind: 'network', name: network }
      : { kind: 'attachment', name: attachmentText(attachment) }
  const fields = { kind, subject, message: message(containerId, network), evidence }
  return [finding({ ...fields, repair: repair() })]
}

type Words = readonly [kind: string, message: (containerId: string, network: string) => string]

const words: Readonly<Partial<Record<Resource['kind'], Words>>> = {
  publish: ['ports-closed', (id) => `published ports of container ${id} have no forwarding rules`],
  masquerade: [
    'masquerading-missing',
    (id, network) =>
      `container ${id} cannot reach other hosts: its traffic from network ${network} is not masqueraded`,
  ],
  admit: [
    'forwarding-missing',
    (id, network) =>
      `the firewall no longer accepts traffic of container ${id} in network ${network}`,
  ],
  isolate: [
    'isolation-missing',
    (_, network) =>
      `network ${network} is not isolated any more: containers of other networks can reach its own`,
  ],
}

function wordsOf(effect: Resource['kind']): Words {
  return (
    words[effect] ?? [
      'settings-changed',
      (id, network) =>
        `settings of the host that container ${id} in network ${network} needs have changed`,
    ]
  )
}

function left(owner: TableOwner): Finding {
  return finding({
    ...leftOf(owner),
    message: `orphaned firewall rules of ${whose(owner)}`,
    repair: { kind: 'remove-elements', owner },
  })
}

function added({ owner, effects }: NonNullable<ObservedTable['extra']>[number]): Finding {
  return finding({
    ...leftOf(owner),
    message: `firewall rules bear the mark of ${nameOf(owner)}, and were not made for it`,
    evidence: effects.map((from) => `due is: ${describeChange({ kind: 'remove', from })}`),
    repair: { kind: 'remove-elements', owner, extra: effects },
  })
}

function unsure(owner: TableOwner): Finding {
  return finding({
    ...leftOf(owner),
    severity: 'warning',
    message: `firewall rules of ${whose(owner)}, may be orphaned: another runtime may have made them`,
    ours: true,
    fix: 'nft list table inet vethra   (delete the elements whose comments name it)',
  })
}

// Somebody may want it so: it is told, and stays.
function addedByOthers(entries: NonNullable<ObservedTable['strange']>): readonly Finding[] {
  const [first] = entries
  if (first === undefined) return []
  return [
    finding({
      kind: first.refuses ? 'rules-refusing' : 'rules-added',
      severity: first.refuses ? 'error' : 'warning',
      subject: { kind: 'rules', name: 'table inet vethra' },
      message: first.refuses
        ? 'rules that others put into table inet vethra refuse packets: containers of its networks may lose connections'
        : 'table inet vethra has rules that Vethra did not make',
      evidence: entries.map(
        ({ deletion }) => `not of our making: ${deletion.replace('delete ', '')}`,
      ),
      fix: entries.map(({ deletion }) => `nft '${deletion}'`).join(' && '),
    }),
  ]
}

function leftOf(owner: TableOwner): Pick<Finding, 'kind' | 'subject' | 'evidence'> {
  const name = owner.kind === 'network' ? owner.network : attachmentText(owner)
  return {
    kind: 'rules-left',
    subject: { kind: 'rules', name: `${name} (table inet vethra)` },
    evidence: ['elements of table inet vethra name it in their comments'],
  }
}

function whose(owner: TableOwner): string {
  const fate = owner.kind === 'network' ? 'does not exist' : 'is not attached'
  return `${nameOf(owner)}, which ${fate}`
}

function nameOf(owner: TableOwner): string {
  return owner.kind === 'network'
    ? `network ${owner.network}`
    : `container ${owner.containerId} in network ${owner.network}`
}
