import type { DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'

/** Networks that Vethra or nerdctl made, whose published ports leave clients at ::1 waiting. */
export function loopbackFindings({ networks }: DesiredState): readonly Finding[] {
  return networks
    .filter(({ ours, hangsAtLoopback }) => ours && hangsAtLoopback)
    .map(({ name, file }) =>
      finding({
        kind: 'loopback-unanswered',
        severity: 'warning',
        subject: { kind: 'network', name },
        message: `ports that network ${name} publishes hang at [::1]: no packet from ::1 leaves the host`,
        evidence: [`${file}: plugin portmap has no conditionsV6`],
        ours: true,
        fix: `add "conditionsV6": ["!", "-d", "::1"] to plugin portmap in ${file}, and start its containers again`,
      }),
    )
}
