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

/** A finding with its id: an error, about what is not ours, where nothing else is said; what has a repair is ours. */
export function finding(
  fields: Omit<Finding, 'id' | 'severity' | 'ours'> & Partial<Pick<Finding, 'severity' | 'ours'>>,
): Finding {
  const own = fields.repair ? { ours: true, fix: 'vethra doctor --repair' } : { ours: false }
  return { id: `${fields.kind} ${fields.subject.name}`, severity: 'error', ...own, ...fields }
}
