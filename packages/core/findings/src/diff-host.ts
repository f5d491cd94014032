import { familyOf } from '@vethra/cni'
import type { DesiredState } from './desired-state.ts'
import { clockJumped } from './diff-clock.ts'
import { dnsFindings } from './diff-dns.ts'
import { featureFindings } from './diff-features.ts'
import { filterFindings } from './diff-filter.ts'
import { folderFindings } from './diff-folders.ts'
import { programFindings } from './diff-programs.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** The host's own faults: what keeps containers from each other or from the world, whatever is attached. */
export function hostFindings(desired: DesiredState, observed: ObservedState): readonly Finding[] {
  const { unknown, kitFault } = observed.host
  return [
    ...forwardingFindings(desired, observed),
    bridgesUnfiltered(desired, observed),
    ...filterFindings(desired, observed),
    ...programFindings(desired, observed),
    ...featureFindings(desired, observed),
    ...folderFindings(observed),
    ...dnsFindings(observed),
    clockJumped(observed),
    finding({
      kind: 'rootlesskit-silent',
      subject: { kind: 'host', name: 'rootlesskit' },
      message:
        'no answer from RootlessKit: no port can be published, and none that is published can be freed',
      evidence: kitFault === undefined ? [] : [kitFault],
      fix: 'end RootlessKit, whose containers end with it, and start it again',
    }),
    finding({
      kind: 'facts-unknown',
      severity: 'info',
      subject: { kind: 'host', name: 'unknown' },
      message: 'cannot read some facts about this host',
      evidence: unknown,
    }),
  ]
}

// Attaching turns forwarding on: while nothing is attached it may be off.
function forwardingFindings(
  { networks, attachments }: DesiredState,
  { host, links }: ObservedState,
): readonly Finding[] {
  const routed = new Set(networks.filter((each) => each.routed).map(({ name }) => name))
  const addresses = attachments
    .filter(({ network, bridge }) => bridge?.routed ?? routed.has(network))
    .flatMap((each) => each.addresses)
  const isNeeded = (family: 4 | 6) => addresses.some(({ address }) => familyOf(address) === family)
  const isOff = (family: 4 | 6) => isNeeded(family) && host.forwards[family] === false
  const used = new Set(attachments.flatMap(({ bridge }) => (bridge?.routed ? [bridge.name] : [])))
  const closed = links.filter(({ name, forwards }) => forwards === false && used.has(name))
  return [
    ...(isOff(4) ? [forwardingOff('net.ipv4.ip_forward', 4)] : []),
    ...(isOff(6) ? [forwardingOff('net.ipv6.conf.all.forwarding', 6)] : []),
    ...(host.forwards[4] === false ? [] : closed).map(({ name }) =>
      forwardingOff(`net.ipv4.conf.${name}.forwarding`, 4),
    ),
  ]
}

function forwardingOff(key: string, family: 4 | 6): Finding {
  return finding({
    kind: 'forwarding-off',
    subject: { kind: 'host', name: key },
    message: `the host does not forward IPv${family} packets: containers cannot reach hosts outside of their bridge`,
    evidence: [`${key} is 0`],
    fix: `sysctl -w ${key}=1`,
  })
}

function bridgesUnfiltered({ networks }: DesiredState, { host }: ObservedState): Finding {
  const isolated = networks.filter(({ isolation }) => isolation === 'isolated')
  const loaded = host.filtersBridges === false
  const key = 'net.bridge.bridge-nf-call-iptables'
  const state = loaded ? `${key} is 0` : 'the kernel module br_netfilter is not loaded'
  const users = `isolating: ${isolated.map(({ name }) => name).join(', ')}`
  return finding({
    kind: 'bridge-filter-off',
    severity: 'warning',
    subject: { kind: 'host', name: key },
    message:
      'packets between containers on one bridge bypass the firewall: networks cannot isolate their containers',
    evidence: isolated.length === 0 || host.filtersBridges === true ? [] : [state, users],
    fix: loaded ? `sysctl -w ${key}=1` : `modprobe br_netfilter && sysctl -w ${key}=1`,
  })
}
