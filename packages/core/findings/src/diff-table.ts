import type { Resource } from '@vethra/state'
import { attachmentText } from './attachment-ref.ts'
import { type Finding, repairable, type Subject } from './finding.ts'
import type { MissingResource, ObservedState, TableOwner } from './observed-state.ts'

/** The elements that are missing in table `inet vethra`, and those of owners that are known no more. */
export function tableFindings({ table }: Pick<ObservedState, 'table'>): readonly Finding[] {
  const groups = Map.groupBy(table.missing, ({ attachment, kind }) =>
    JSON.stringify([attachmentText(attachment), words(kind).kind]),
  )
  return [...[...groups.values()].flatMap(lost), ...table.left.map(left)]
}

function lost(missing: readonly MissingResource[]): readonly Finding[] {
  const [first] = missing
  if (first === undefined) return []
  const { attachment, kind } = first
  const { network, containerId, ifname } = attachment
  const { kind: finding, message } = words(kind)
  return [
    repairable({
      kind: finding,
      subject: { kind: 'attachment', name: attachmentText(attachment) },
      message: message(containerId, network),
      evidence: missing.map(({ due }) => `due is: ${due}`),
      repair: { kind: 'restore-elements', attachment: { network, containerId, ifname } },
    }),
  ]
}

interface Words {
  readonly kind: string
  readonly message: (containerId: string, network: string) => string
}

function words(kind: Resource['kind']): Words {
  if (kind === 'publish')
    return {
      kind: 'ports-closed',
      message: (id) => `published ports of container ${id} have no forwarding rules`,
    }
  if (kind === 'masquerade')
    return {
      kind: 'masquerading-missing',
      message: (id, network) =>
        `container ${id} cannot reach other hosts: its traffic from network ${network} is not masqueraded`,
    }
  if (kind === 'admit')
    return {
      kind: 'forwarding-missing',
      message: (id, network) =>
        `the firewall no longer accepts traffic of container ${id} in network ${network}`,
    }
  if (kind === 'isolate')
    return {
      kind: 'isolation-missing',
      message: (_, network) =>
        `network ${network} is not isolated any more: containers of other networks can reach its own`,
    }
  return {
    kind: 'settings-changed',
    message: (id, network) =>
      `settings of the host that container ${id} in network ${network} needs have changed`,
  }
}

function left(owner: TableOwner): Finding {
  const whose =
    owner.kind === 'network'
      ? `network ${owner.network}, which does not exist`
      : `container ${owner.containerId} in network ${owner.network}, which is not attached`
  return repairable({
    kind: 'rules-left',
    subject: subjectOf(owner),
    message: `orphaned firewall rules of ${whose}`,
    evidence: ['elements of table inet vethra name it in their comments'],
    repair: { kind: 'remove-elements', owner },
  })
}

function subjectOf(owner: TableOwner): Subject {
  const name = owner.kind === 'network' ? owner.network : attachmentText(owner)
  return { kind: 'rules', name: `${name} (table inet vethra)` }
}
