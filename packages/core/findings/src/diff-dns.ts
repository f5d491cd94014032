import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** Networks in which the resolver is not heard, or cannot listen: their containers ask others, and know names by hosts files. */
export function dnsFindings({ host: { unanswered = [] } }: ObservedState): readonly Finding[] {
  return unanswered.map(({ name, why }) =>
    finding({
      kind: 'dns-off',
      severity: 'warning',
      subject: { kind: 'network', name },
      message: `containers of network ${name} are not answered by DNS`,
      evidence: [why],
      ours: false,
      fix: 'let port 53, UDP and TCP, of the bridge to the resolver, or create the network with -o vethra.dns=false',
    }),
  )
}
