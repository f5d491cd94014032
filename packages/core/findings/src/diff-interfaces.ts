import { formatPrefix, readCidr } from '@vethra/address'
import { reasonToKeep } from '@vethra/ipam'
import { ownerMark } from '@vethra/state'
import { attachmentText, refOf } from './attachment-ref.ts'
import type { DesiredAttachment, DesiredState } from './desired-state.ts'
import { type Finding, finding, repairable } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedLink, ObservedState } from './observed-state.ts'
import type { RepairedBridge } from './repair.ts'

/** The faults of the host's interfaces that lead to a living container. */
export function interfaceFindings(
  attachment: DesiredAttachment,
  maps: Pick<Maps, 'bridges' | 'links' | 'routes'>,
): readonly Finding[] {
  const { bridge, hostLink } = attachment
  const wanted = bridge && maps.bridges.get(bridge.name)
  return [
    ...(wanted === undefined ? [] : bridgeFindings(attachment, wanted, maps)),
    ...(attachment.cutShort ? [cutShort(attachment)] : []),
    ...(hostLink === undefined || attachment.cutShort
      ? []
      : linkFindings(attachment, hostLink, maps)),
  ]
}

function cutShort(attachment: DesiredAttachment): Finding {
  const { network, containerId, ifname } = attachment
  return repairable({
    kind: 'interface-missing',
    subject: { kind: 'attachment', name: attachmentText(attachment) },
    message: `container ${containerId} in network ${network} has an unfinished interface ${ifname}: attaching it again was cut short`,
    evidence: ['its record says that attaching it again has begun'],
    repair: { kind: 'reattach', attachment: refOf(attachment) },
  })
}

function bridgeFindings(
  { network, containerId }: DesiredAttachment,
  wanted: RepairedBridge,
  { links, routes }: Pick<Maps, 'links' | 'routes'>,
): readonly Finding[] {
  const { name } = wanted
  const isRouted = (address: string) => routes.has(`${subnetOf(address)} ${name}`)
  const fault = bridgeFault(links.get(name), wanted.addresses, isRouted)
  if (fault === undefined) return []
  return [
    repairable({
      kind: fault.kind,
      subject: { kind: 'interface', name },
      message: `bridge ${name} of network ${network} ${fault.words}: its containers cannot reach other hosts`,
      evidence: [fault.seen, `container ${containerId} is attached to it`],
      repair: { kind: 'restore-bridge', bridge: wanted },
    }),
  ]
}

function bridgeFault(
  there: ObservedLink | undefined,
  addresses: readonly string[],
  isRouted: (address: string) => boolean,
): { readonly kind: string; readonly words: string; readonly seen: string } | undefined {
  if (there === undefined) {
    return { kind: 'bridge-missing', words: 'is gone', seen: 'there is no interface of that name' }
  }
  const missing = addresses.filter((each) => !there.addresses.includes(each))
  if (missing.length > 0) {
    return {
      kind: 'bridge-address-missing',
      words: `has lost its address ${missing.join(', ')}`,
      seen: `its addresses are ${there.addresses.join(', ') || 'none'}`,
    }
  }
  if (!there.up) return { kind: 'bridge-down', words: 'is down', seen: 'the interface is not up' }
  const cut = addresses.filter((each) => !isRouted(each)).map(subnetOf)
  if (cut.length === 0) return undefined
  const seen = `no route leads to ${cut.join(', ')} by it`
  return { kind: 'bridge-route-missing', words: `has lost its route to ${cut.join(', ')}`, seen }
}

function subnetOf(address: string): string {
  const prefix = readCidr(address)?.prefix
  return prefix === undefined ? address : formatPrefix(prefix)
}

function linkFindings(
  attachment: DesiredAttachment,
  hostLink: string,
  { links }: Pick<Maps, 'links'>,
): readonly Finding[] {
  const { network, containerId, ifname, bridge } = attachment
  const there = links.get(hostLink)
  const ref = { network, containerId, ifname }
  const subject = { kind: 'attachment', name: attachmentText(ref) } as const
  const of = `container ${containerId} in network ${network}`
  if (there === undefined) {
    return [
      repairable({
        kind: 'interface-missing',
        subject,
        message: `interface ${ifname} of ${of} is missing: it has no connection there`,
        evidence: [`interface ${hostLink} of the host, which led to it, is gone`],
        repair: { kind: 'reattach', attachment: ref },
      }),
    ]
  }
  const loose = bridge !== undefined && there.master !== bridge.name
  if (!loose && there.up) return narrowFindings(attachment, there)
  return [
    repairable({
      kind: 'interface-loose',
      subject,
      message: `${of} is cut off: its interface of the host, ${hostLink}, is ${loose ? `not on bridge ${bridge.name}` : 'down'}`,
      evidence: [
        `${hostLink} is ${there.up ? 'up' : 'down'}, ${there.master ? `on ${there.master}` : 'on no bridge'}`,
      ],
      repair: {
        kind: 'restore-link',
        attachment: ref,
        link: hostLink,
        ...(bridge === undefined ? {} : { bridge: bridge.name }),
      },
    }),
  ]
}

// An administrator may want it so: what is longer than a tunnel takes is lost there.
function narrowFindings(
  { network, containerId, bridge }: DesiredAttachment,
  { name, mtu }: ObservedLink,
): readonly Finding[] {
  const wanted = bridge?.mtu ?? usualMtu
  if (mtu === undefined || mtu >= wanted) return []
  return [
    finding({
      kind: 'mtu-lowered',
      severity: 'warning',
      subject: { kind: 'interface', name },
      message: `container ${containerId} in network ${network} loses long packets: the MTU of its interface of the host, ${name}, was lowered`,
      evidence: [`it is ${mtu}, and was ${wanted}`],
      ours: true,
      fix: `ip link set dev ${name} mtu ${wanted}   (or create the network with -o mtu=${mtu})`,
    }),
  ]
}

const usualMtu = 1500

/**
 * Interfaces of the host that bear the mark of an attachment that is not remembered. None is surely dead, though it be
 * down: a plugin of ours that another runtime calls leaves no record, and an interface goes with its container.
 */
export function leftLinkFindings({
  links,
  attachments,
  signs,
  nowMs,
}: ObservedState): readonly Finding[] {
  const marks = new Set(attachments.map((each) => ownerMark({ kind: 'attachment', ...each })))
  return links.flatMap(({ name, owner, up }) => {
    if (owner?.kind !== 'attachment' || marks.has(ownerMark(owner))) return []
    const { containerId, network, ifname } = owner
    const sign = reasonToKeep({ address: '', containerId, sinceMs: 0 }, signs, nowMs)
    return [
      finding({
        kind: 'interface-left',
        severity: 'warning',
        subject: { kind: 'interface', name },
        message: `interface ${name} may be left of container ${containerId} in network ${network}, which is not attached`,
        evidence: [
          `its alias names container ${containerId}, interface ${ifname} and network ${network}`,
          `it is ${up ? 'up' : 'down'}: another runtime may have made it`,
          sign ?? 'that container shows no sign of life',
        ],
        ours: true,
        fix: `ip link delete ${name}   (where that container is gone)`,
      }),
    ]
  })
}

/** Orphaned interfaces on bridges of ours: no known container has their other end. */
export function strayLinkFindings(
  { networks }: DesiredState,
  observed: ObservedState,
): readonly Finding[] {
  const bridges = new Map(
    networks.flatMap(({ ours, bridge, name }) => (ours && bridge ? [[bridge, name]] : [])),
  )
  // Of a dead attachment it goes with the namespace, in a moment.
  const known = new Set(observed.attachments.flatMap(({ hostLink }) => hostLink ?? []))
  // Nobody can tell which interface is that of an attachment whose making is not remembered.
  const unclear = new Set(
    observed.attachments.flatMap(({ hostLink, network }) => (hostLink ? [] : [network])),
  )
  return observed.links.flatMap(({ name, owner, master = '' }) => {
    const network = bridges.get(master)
    if (network === undefined || owner || known.has(name) || unclear.has(network)) return []
    return [
      finding({
        kind: 'interface-stray',
        severity: 'warning',
        subject: { kind: 'interface', name },
        message: `interface ${name} on bridge ${master} of network ${network} is orphaned: it belongs to no known attachment`,
        evidence: [`${name} is a port of ${master}`],
        fix: `ip link delete ${name}`,
      }),
    ]
  })
}
