import type { CniError } from '@vethra/cni'
import type { World } from '@vethra/world'

/** The parts that DNS is served with. */
export type DnsTools = Pick<
  World,
  | 'resolved'
  | 'namespaces'
  | 'networks'
  | 'containers'
  | 'hosts'
  | 'records'
  | 'netns'
  | 'places'
  | 'files'
  | 'clock'
  | 'facts'
  | 'lock'
  | 'rootless'
  | 'dnsSockets'
  | 'kernel'
  | 'collectGarbage'
  | 'rules'
>

/** The parts that a resolver runs with. */
export interface ResolverTools extends DnsTools {
  /** Gets what an operator is to know, and faults that end nothing. */
  readonly onReport: (report: CniError) => void
}
