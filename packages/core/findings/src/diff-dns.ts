import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/**
 * Networks in which the resolver is not heard, or cannot listen: their containers ask others, and know names by hosts files;
 * and servers upstream that it has no use of.
 */
export function dnsFindings({ host }: Pick<ObservedState, 'host'>): readonly Finding[] {
  const { unanswered = [], upstream = [] } = host
  const common = { severity: 'warning', ours: false } as const
  const off = unanswered.map(({ name, why }) =>
    finding({
      ...common,
      kind: 'dns-off',
      subject: { kind: 'network', name },
      message: `containers of network ${name} are not answered by DNS`,
      evidence: [why],
      fix: 'change what is named above (a firewall: accept UDP and TCP port 53 from the bridge in the INPUT chain), or create the network with -o vethra.dns=false',
    }),
  )
  const bad = upstream.map(({ name, why }) =>
    finding({
      ...common,
      kind: 'dns-upstream',
      subject: { kind: 'host', name },
      message: `upstream resolver ${name} is of no use to containers`,
      evidence: [why],
      fix: 'name others in /etc/resolv.conf, or take the addresses of bridges out of what this one asks',
    }),
  )
  return [...off, ...bad]
}
