import { familyOf } from '@vethra/cni'
import type { Compared } from './compared.ts'
import type { DesiredAttachment } from './desired-state.ts'
import { about, type Finding, finding, warning } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** The host's own faults: what keeps containers from each other or from the world, whatever is attached. */
export function hostFindings(host: Compared): readonly Finding[] {
  const { unknown, kitFault } = host.observed.host
  return [
    ...forwardingFindings(host),
    ...strictFindings(host),
    bridgesUnfiltered(host),
    ...dnsFindings(host),
    tableFull(host),
    clockJumped(host.observed),
    finding('rootlesskit-silent', about('host', 'rootlesskit'), {
      message:
        'no answer from RootlessKit: no port can be published, and none that is published can be freed',
      evidence: kitFault === undefined ? [] : [kitFault],
      fix: 'end RootlessKit, whose containers end with it, and start it again',
    }),
    finding('facts-unknown', about('host', 'unknown'), {
      severity: 'info',
      message: 'cannot read some facts about this host',
      evidence: unknown,
    }),
  ]
}

// Attaching turns forwarding on: while nothing is attached it may be off.
function forwardingFindings({ desired, observed }: Compared): readonly Finding[] {
  const { networks, attachments } = desired
  const { host, links } = observed
  const routed = new Set(networks.filter((each) => each.routed).map(({ name }) => name))
  const addresses = attachments
    .filter(({ network, bridge }) => bridge?.routed ?? routed.has(network))
    .flatMap((each) => each.addresses)
  const isOff = (family: 4 | 6) =>
    host.forwards[family] === false && addresses.some(({ address }) => familyOf(address) === family)
  const used = new Set(attachments.flatMap(({ bridge }) => (bridge?.routed ? [bridge.name] : [])))
  const closed = links.filter(
    ({ name, bridge, forwards }) =>
      forwards === false && (bridge ? used.has(name) : used.size > 0 && addresses.length > 0),
  )
  return [
    ...(isOff(4) ? [forwardingOff('net.ipv4.ip_forward', 4)] : []),
    ...(isOff(6) ? [forwardingOff('net.ipv6.conf.all.forwarding', 6)] : []),
    ...(host.forwards[4] === false ? [] : closed).map(({ name, bridge }) =>
      forwardingOff(`net.ipv4.conf.${name.replaceAll('.', '/')}.forwarding`, 4, bridge ? '' : name),
    ),
    ...links.flatMap(({ name, silencedBy }) =>
      silencedBy && used.has(name) ? arpOff(name, silencedBy) : [],
    ),
  ]
}

// An administrator may have closed one of several uplinks.
function forwardingOff(key: string, family: 4 | 6, uplink = ''): Finding {
  return finding('forwarding-off', about('host', key), {
    severity: uplink === '' ? 'error' : 'warning',
    message: uplink
      ? `the host does not forward IPv${family} packets that come by ${uplink}: from there containers get no answers, and published ports give none`
      : `the host does not forward IPv${family} packets: containers cannot reach hosts outside of their bridge`,
    evidence: [`${key} is 0`],
    fix: `sysctl -w ${key}=1`,
  })
}

function arpOff(bridge: string, key: string): Finding {
  return finding('arp-off', about('host', key), {
    message: `the host answers no ARP request for the address of bridge ${bridge}: its containers cannot reach other hosts`,
    evidence: [`${key} is 8`],
    fix: `sysctl -w ${key}=0`,
  })
}

// Answers of a port that one network publishes leave by another one's default route, under the address in the first.
function strictFindings({ desired, observed }: Compared): readonly Finding[] {
  const strict = observed.links.filter((each) => each.strict)
  if (strict.length === 0) return []
  const publishing = desired.attachments.filter(({ ports }) => ports.length > 0)
  return strict.flatMap(({ name }) => {
    const on = desired.attachments.filter(({ bridge }) => bridge?.name === name)
    const byContainer = Map.groupBy(on, ({ containerId }) => containerId)
    const cut = publishing.filter((each) =>
      byContainer.get(each.containerId)?.some((other) => each.bridge && isAhead(other, each)),
    )
    const key = `net.ipv4.conf.${name}.rp_filter`
    return warning('reverse-path-strict', about('host', key), {
      message: `the host may drop answers of published ports: bridge ${name} takes only what it would answer by itself`,
      evidence: cut.map(
        ({ containerId, network }) =>
          `container ${containerId} is on it, and publishes ports through network ${network}`,
      ),
      fix: `sysctl -w ${key}=2`,
    })
  })
}

// Of default routes with one metric that of the last interface comes first: eth10 comes after eth9.
function isAhead({ defaultMetric, ifname }: DesiredAttachment, other: DesiredAttachment): boolean {
  if (defaultMetric === undefined) return false
  const { defaultMetric: metric = defaultMetric + 1 } = other
  if (defaultMetric !== metric) return defaultMetric < metric
  return ifname.padStart(15) > other.ifname.padStart(15)
}

// Of connections, each of which a container needs to be known for its masquerading and its ports.
function tableFull({ desired: { attachments }, observed: { host } }: Compared): Finding {
  const { count = 0, most = 0 } = host.tracked ?? {}
  const isFull = attachments.length > 0 && most > 0 && count >= most * nearlyFull
  return warning('connections-full', about('host', 'net.netfilter.nf_conntrack_max'), {
    message:
      'the table of tracked connections is full, or nearly: the kernel drops packets of new ones, of containers and of the host',
    evidence: isFull ? [`it has ${count} entries, and takes ${most}`] : [],
    fix: `sysctl -w net.netfilter.nf_conntrack_max=${most * 2}   (and see who opens so many: conntrack -L)`,
  })
}

const nearlyFull = 0.95

function bridgesUnfiltered({ desired, observed: { host } }: Compared): Finding {
  // In this process ports of the bridge are isolated, which it sees to itself.
  const byProgram = desired.attachments.filter(({ inTable }) => !inTable.includes('isolation'))
  const isolated = desired.networks.filter(
    ({ name, isolation, programs }) =>
      isolation === 'isolated' &&
      (programs.includes('firewall') || byProgram.some(({ network }) => network === name)),
  )
  const loaded = host.filtersBridges === false
  const key = 'net.bridge.bridge-nf-call-iptables'
  const state = loaded ? `${key} is 0` : 'the kernel module br_netfilter is not loaded'
  const users = `isolating: ${isolated.map(({ name }) => name).join(', ')}`
  return warning('bridge-filter-off', about('host', key), {
    message:
      'packets between containers on one bridge bypass the firewall: networks cannot isolate their containers',
    evidence: isolated.length === 0 || host.filtersBridges === true ? [] : [state, users],
    fix: loaded ? `sysctl -w ${key}=1` : `modprobe br_netfilter && sysctl -w ${key}=1`,
  })
}

/** Networks in which the resolver is not heard, or cannot listen, and servers upstream that it has no use of. */
function dnsFindings({ observed }: Compared): readonly Finding[] {
  const { unanswered = [], upstream = [] } = observed.host
  return [
    ...unanswered.map(({ name, why }) =>
      warning('dns-off', about('network', name), {
        message: `containers of network ${name} are not answered by DNS`,
        evidence: [why],
        fix: 'change what is named above (a firewall: accept UDP and TCP port 53 from the bridge in the INPUT chain), or create the network with -o vethra.dns=false',
      }),
    ),
    ...upstream.map(({ name, why }) =>
      warning('dns-upstream', about('host', name), {
        message: `upstream resolver ${name} cannot serve containers`,
        evidence: [why],
        fix: 'name others in /etc/resolv.conf, or take the addresses of bridges out of what this one asks',
      }),
    ),
  ]
}

/** How far ahead of now a time may be, in milliseconds, before the clock must have jumped back. */
export const clockSlackMs = 60_000

// The clock was ahead when these times were written, and ages cannot be computed from them.
function clockJumped({ nowMs, reservations, containers }: ObservedState): Finding {
  const times = [
    ...reservations.map(({ network, reservation: { address, sinceMs } }) => ({
      what: `address ${address} of network ${network} was reserved`,
      ms: sinceMs,
    })),
    ...containers.map(({ id, startedMs = 0 }) => ({
      what: `container ${id} was started`,
      ms: startedMs,
    })),
  ]
  const ahead = times.filter(({ ms }) => ms > nowMs + clockSlackMs)
  const furthest = Math.max(nowMs, ...ahead.map(({ ms }) => ms))
  return warning('clock-jumped', about('host', 'clock'), {
    message: `the clock has jumped back: ${ahead.length} stored times are up to ${inWords(furthest - nowMs)} ahead`,
    evidence: [
      ...ahead.slice(0, 3).map(({ what, ms }) => `${what} ${inWords(ms - nowMs)} from now`),
      ...(ahead.length > 3 ? [`and ${ahead.length - 3} more`] : []),
    ],
    fix: 'timedatectl   (set the clock right, and keep it so by NTP)',
  })
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}
