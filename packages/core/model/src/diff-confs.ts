import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** Conf lists that cannot be read or used. */
export function confFindings({ confFaults }: ObservedState): readonly Finding[] {
  return confFaults.map(({ file, reason, hint }) =>
    finding({
      kind: 'conf-unreadable',
      severity: 'error',
      subject: { kind: 'file', name: file },
      message: `the conf list ${file} cannot be used: its network is not there for anyone`,
      evidence: [reason, ...(hint === undefined ? [] : [hint])],
      ours: false,
      fix: `vethra cni validate ${file}`,
    }),
  )
}
