import type { AttachmentKey, ContainerRef } from '@vethra/cni'
import type { Repair } from './repair.ts'

/** How bad a finding is: `error` is a failure or a leak, `warning` a risk. */
export type Severity = 'error' | 'warning' | 'info'

/** The subject of a finding. */
export interface Subject {
  readonly kind:
    | 'attachment'
    | 'container'
    | 'file'
    | 'host'
    | 'interface'
    | 'name'
    | 'network'
    | 'port'
    | 'reservation'
    | 'rules'
  /** As people read it. */
  readonly name: string
}

/** One difference between what should be and what is. */
export interface Finding {
  /** The same as long as the same is wrong: kind and subject. */
  readonly id: string
  /** `attachment-dead`, …: what programs switch on. */
  readonly kind: string
  readonly severity: Severity
  readonly subject: Subject
  /** The fault, in one sentence for a stranger. */
  readonly message: string
  /** The evidence, a line each: without any there is no finding. */
  readonly evidence: readonly string[]
  /** Whether it is in DATA_STORE or recorded in `attachments/`: what is not is never touched. */
  readonly ours: boolean
  /** The command that fixes it; absent when there is no one command. */
  readonly fix?: string
  /** The safe repair; absent when there is none. */
  readonly repair?: Repair
}

type Facts = Omit<Finding, 'id' | 'kind' | 'subject' | 'severity' | 'ours'> &
  Partial<Pick<Finding, 'severity' | 'ours'>>

/** A finding: an error, about what is not ours, where nothing else is said; what has a repair is ours. */
export function finding(
  kind: string,
  of: Subject | AttachmentKey | ContainerRef,
  facts: Facts,
): Finding {
  const subject = subjectOf(of)
  const own = facts.repair ? { ours: true, fix: 'vethra doctor --repair' } : { ours: false }
  return { id: `${kind} ${subject.name}`, kind, severity: 'error', subject, ...own, ...facts }
}

/** A finding that is a warning, where nothing else is said. */
export function warning(kind: string, of: Parameters<typeof finding>[1], facts: Facts): Finding {
  return finding(kind, of, { severity: 'warning', ...facts })
}

function subjectOf(of: Parameters<typeof finding>[1]): Subject {
  if ('ifname' in of) return about('attachment', attachmentText(of))
  return 'id' in of ? about('container', containerText(of)) : of
}

/** A subject that is neither an attachment nor a container as a whole. */
export function about(kind: Subject['kind'], name: string): Subject {
  return { kind, name }
}

/** An attachment as people read it, and as maps are keyed by: `lan/default-web/eth0`. No part holds a slash. */
export function attachmentText({ network, containerId, ifname }: AttachmentKey): string {
  return `${network}/${containerId}/${ifname}`
}

/** A container as people read it, and as maps are keyed by: `default/web`. */
export function containerText({ namespace, id }: ContainerRef): string {
  return `${namespace}/${id}`
}

/** The reference in what has more fields. */
export function refOf({ network, containerId, ifname }: AttachmentKey): AttachmentKey {
  return { network, containerId, ifname }
}

/** The ids of containers, as plugins know them. */
export function idsOf(all: readonly { readonly containerId: string }[]): ReadonlySet<string> {
  return new Set(all.map(({ containerId }) => containerId))
}
