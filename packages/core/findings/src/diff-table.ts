import type { AttachmentKey } from '@vethra/cni'
import { describeChange, type Resource } from '@vethra/state'
import type { Compared } from './compared.ts'
import { about, attachmentText, type Finding, finding, refOf, warning } from './finding.ts'
import type { LedAway } from './observed-host.ts'
import type { MissingResource, ObservedTable, StrangeEntry, TableOwner } from './observed-state.ts'
import type { Repair } from './repair.ts'
import { shellWord } from './shell-word.ts'

/** The elements that are missing in table `inet vethra`, and those of owners that are known no more. */
export function tableFindings({ observed: { table } }: Compared): readonly Finding[] {
  const { extra = [], doubtful = [], strange = [] } = table
  const groups = Map.groupBy(
    table.missing,
    ({ attachment, due }) => `${attachmentText(attachment)} ${wordsOf(due.to.resource.kind)[0]}`,
  )
  const lost = [...groups.values()].flatMap(missing)
  const foreign = strange.find(({ comment }) => comment !== undefined)
  if (foreign) return [ofOthers(foreign, lost)]
  return [
    ...lost,
    ...table.left.map((owner) =>
      finding('rules-left', aboutRules(owner), {
        message: `orphaned firewall rules of ${whose(owner)}`,
        evidence: [marked],
        repair: { kind: 'remove-elements', owner },
      }),
    ),
    ...extra.map(({ owner, effects }) =>
      finding('rules-left', aboutRules(owner), {
        message: `firewall rules bear the mark of ${nameOf(owner)}, and were not made for it`,
        evidence: effects.map((from) => `due is: ${describeChange({ kind: 'remove', from })}`),
        repair: { kind: 'remove-elements', owner, extra: effects },
      }),
    ),
    ...doubtful.map((owner) =>
      warning('rules-left', aboutRules(owner), {
        message: `firewall rules of ${whose(owner)}, may be orphaned: another runtime may have made them`,
        evidence: [marked],
        ours: true,
        fix:
          owner.kind === 'network'
            ? `vethra network create ${owner.network} && vethra network rm ${owner.network}`
            : 'nft list table inet vethra   (delete the elements whose comments name it)',
      }),
    ),
    addedByOthers(strange, true),
    addedByOthers(strange, false),
  ]
}

const marked = 'elements of table inet vethra name it in their comments'

function missing(all: readonly MissingResource[]): Finding | readonly [] {
  const [first] = all
  if (first === undefined) return []
  const attachment = refOf(first.attachment)
  const desired = all.map(({ due }) => due.to)
  const repair = { kind: 'restore-elements', attachment, desired } as const
  return loss(first.due.to.resource.kind, attachment, { evidence: all.map(dueText), repair })
}

function dueText({ due }: MissingResource): string {
  return `due is: ${describeChange(due)}`
}

/** The finding that effects of a kind are missing for a living attachment, or a setting of the host. */
export function loss(
  effect: Resource['kind'],
  attachment: AttachmentKey,
  facts: { readonly evidence: readonly string[]; readonly repair: Repair },
): Finding {
  const { network, containerId } = attachment
  const [kind, message] = wordsOf(effect)
  const subject = effect === 'isolate' ? about('network', network) : attachment
  return finding(kind, subject, { message: message(containerId, network), ...facts })
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

// Somebody may want it so: it is told, and stays.
function addedByOthers(strange: NonNullable<ObservedTable['strange']>, refuses: boolean): Finding {
  const deletions = strange.flatMap((each) => (each.refuses === refuses ? each.deletion : []))
  return finding(refuses ? 'rules-refusing' : 'rules-added', about('rules', 'table inet vethra'), {
    severity: refuses ? 'error' : 'warning',
    message: refuses
      ? 'rules that others put into table inet vethra refuse packets: containers of its networks may lose connections'
      : 'table inet vethra has rules that Vethra did not make',
    evidence: deletions.map((each) => `not of our making: ${each.replace('delete ', '')}`),
    fix: deletions.map((each) => `nft '${each}'`).join(' && '),
  })
}

// Nothing can be made in it.
function ofOthers({ comment, deletion }: StrangeEntry, lost: readonly Finding[]): Finding {
  return finding('table-foreign', about('rules', 'table inet vethra'), {
    message:
      'table inet vethra is of another program, or of a newer vethra: no firewall rules can be made for containers',
    evidence: [
      `its comment is ${JSON.stringify(comment)}; nft list table inet vethra shows its rules`,
      ...lost.map(({ message }) => message),
    ],
    fix: `nft '${deletion}'`,
  })
}

function aboutRules(owner: TableOwner) {
  const name = owner.kind === 'network' ? owner.network : attachmentText(owner)
  return about('rules', `${name} (table inet vethra)`)
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

/** Living containers that have not all inside that attaching made. Somebody may have meant it: a finding, and a repair where things are lost alone. */
export function insideFindings({ observed }: Compared): readonly Finding[] {
  const { inside, ledAway = [] } = observed
  const groups = Map.groupBy(inside, ({ attachment }) => attachmentText(attachment))
  const led = Map.groupBy(ledAway, ({ attachment }) => attachmentText(attachment))
  return [...[...groups.values()].flatMap(changedInside), ...[...led.values()].flatMap(addedInside)]
}

function addedInside(all: readonly LedAway[]): readonly Finding[] {
  return all.slice(0, 1).map(({ attachment, netns }) =>
    warning('inside-added', attachment, {
      message: `container ${attachment.containerId} may be cut off from network ${attachment.network}: a route, a rule or a neighbour entry was added inside, or removed, or another host has its address`,
      evidence: all.map(({ deletion }) =>
        deletion.includes(' add ')
          ? `due is: ${deletion}`
          : `${deletion.startsWith('ip address ') ? 'of another host, too' : 'added since'}: ${deletion.replace(' delete', '')}`,
      ),
      ours: true,
      fix: all.map(({ deletion }) => `nsenter --net=${shellWord(netns)} ${deletion}`).join(' && '),
    }),
  )
}

function changedInside(all: readonly MissingResource[]): Finding | readonly [] {
  const [first] = all
  if (first === undefined) return []
  const attachment = refOf(first.attachment)
  const { containerId, network } = attachment
  const desired = all.map(({ due }) => due.to)
  // Renamed, perhaps: another of its name would not help.
  const isGone = all.some(
    ({ due }) => due.kind === 'make' && due.to.resource.kind === 'link settings',
  )
  return warning('inside-changed', attachment, {
    message: `container ${containerId} in network ${network} was changed inside since it was attached: it may be cut off`,
    evidence: all.map(dueText),
    ours: true,
    ...(isGone
      ? { fix: `stop and start container ${containerId}   (unless it is meant)` }
      : { repair: { kind: 'restore-inside', attachment, desired } }),
  })
}
