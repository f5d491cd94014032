import type { DesiredState } from './desired-state.ts'
import { clockFindings } from './diff-clock.ts'
import { dnsFindings } from './diff-dns.ts'
import { featureFindings } from './diff-features.ts'
import { filterFindings } from './diff-filter.ts'
import { folderFindings } from './diff-folders.ts'
import { programFindings } from './diff-programs.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** The host's own faults: what keeps containers from each other or from the world, whatever is attached. */
export function hostFindings(desired: DesiredState, observed: ObservedState): readonly Finding[] {
  return [
    ...forwardingFindings(desired, observed),
    ...bridgeForwardingFindings(desired, observed),
    ...bridgeFilterFindings(desired, observed),
    ...filterFindings(desired, observed),
    ...programFindings(desired, observed),
    ...featureFindings(desired, observed),
    ...folderFindings(observed),
    ...dnsFindings(observed),
    ...clockFindings(observed),
    ...kitFindings(observed),
    ...unknownFindings(observed),
  ]
}

function kitFindings({ host: { kitFault } }: ObservedState): readonly Finding[] {
  if (kitFault === undefined) return []
  return [
    finding({
      kind: 'rootlesskit-silent',
      severity: 'error',
      subject: { kind: 'host', name: 'rootlesskit' },
      message:
        'no answer from RootlessKit: no port can be published, and none that is published can be freed',
      evidence: [kitFault],
      fix: 'end RootlessKit, whose containers end with it, and start it again',
    }),
  ]
}

function unknownFindings({ host: { unknown } }: ObservedState): readonly Finding[] {
  if (unknown.length === 0) return []
  return [
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
  { host }: ObservedState,
): readonly Finding[] {
  const routed = new Set(networks.filter((each) => each.routed).map(({ name }) => name))
  const addresses = attachments
    .filter(({ network, bridge }) => bridge?.routed ?? routed.has(network))
    .flatMap((each) => each.addresses)
  return ([4, 6] as const).flatMap((family) => {
    const needed = addresses.some(({ address }) => address.includes(':') === (family === 6))
    if (!needed || host.forwards[family] !== false) return []
    const key = family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding'
    return [forwardingOff(key, family)]
  })
}

function bridgeForwardingFindings(
  { attachments }: DesiredState,
  { host, links }: ObservedState,
): readonly Finding[] {
  const used = new Set(attachments.flatMap(({ bridge }) => (bridge?.routed ? [bridge.name] : [])))
  const off = links.filter(({ name, forwards }) => forwards === false && used.has(name))
  if (host.forwards[4] === false) return []
  return off.map(({ name }) => forwardingOff(`net.ipv4.conf.${name}.forwarding`, 4))
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

function bridgeFilterFindings(
  { networks }: DesiredState,
  { host }: ObservedState,
): readonly Finding[] {
  const isolated = networks.filter(({ isolation }) => isolation === 'isolated')
  if (isolated.length === 0 || host.filtersBridges === true) return []
  const loaded = host.filtersBridges === false
  const key = 'net.bridge.bridge-nf-call-iptables'
  return [
    finding({
      kind: 'bridge-filter-off',
      severity: 'warning',
      subject: { kind: 'host', name: key },
      message:
        'packets between containers on one bridge bypass the firewall: networks cannot isolate their containers',
      evidence: [
        loaded ? `${key} is 0` : 'the kernel module br_netfilter is not loaded',
        `isolating: ${isolated.map(({ name }) => name).join(', ')}`,
      ],
      fix: loaded ? `sysctl -w ${key}=1` : `modprobe br_netfilter && sysctl -w ${key}=1`,
    }),
  ]
}
