import { formatPrefix, readCidr } from '@vethra/address'
import { present } from '@vethra/cni'
import { attachmentText, refOf } from './attachment-ref.ts'
import type { DesiredAttachment } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedLink } from './observed-state.ts'
import type { Repair, RepairedBridge } from './repair.ts'

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
  return finding({
    kind: 'interface-missing',
    subject: { kind: 'attachment', name: attachmentText(attachment) },
    message: `container ${containerId} in network ${network} has an unfinished interface ${ifname}: attaching it again was cut short`,
    evidence: ['its record says that attaching it again has begun'],
    repair: { kind: 'reattach', attachment: refOf(attachment) },
  })
}

function bridgeFindings(
  attachment: DesiredAttachment,
  wanted: RepairedBridge,
  { links, routes }: Pick<Maps, 'links' | 'routes'>,
): readonly Finding[] {
  const { network, containerId } = attachment
  const { name, mac } = wanted
  const isRouted = (address: string) => routes.has(`${subnetOf(address)} ${name}`)
  const there = links.get(name)
  const fault = there
    ? bridgeFault(there, wanted, isRouted)
    : missingBridge([...links.values()].find((each) => each.bridge && each.mac === mac))
  if (fault === undefined) return there ? narrowBridge(attachment, there, links) : []
  return [
    finding({
      kind: fault.kind,
      subject: { kind: 'interface', name },
      message: `bridge ${name} of network ${network} ${fault.words}: its containers cannot reach other hosts`,
      evidence: [fault.seen, `container ${containerId} is attached to it`],
      repair: { kind: 'restore-bridge', bridge: wanted },
    }),
  ]
}

interface BridgeFault {
  readonly kind: string
  readonly words: string
  readonly seen: string
}

function missingBridge(renamed: ObservedLink | undefined): BridgeFault {
  const seen = renamed
    ? `bridge ${renamed.name} has its MAC: it was renamed`
    : 'there is no interface of that name'
  return { kind: 'bridge-missing', words: 'is gone', seen }
}

function bridgeFault(
  there: ObservedLink,
  { addresses, mac, keepsMac }: RepairedBridge,
  isRouted: (address: string) => boolean,
): BridgeFault | undefined {
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
  if (cut.length > 0) {
    const seen = `no route leads to ${cut.join(', ')} by it`
    return { kind: 'bridge-route-missing', words: `has lost its route to ${cut.join(', ')}`, seen }
  }
  if (!keepsMac || there.mac === undefined || there.mac === mac) return undefined
  const seen = `its MAC is ${there.mac}, and was ${mac}`
  return { kind: 'bridge-changed', words: 'has another MAC', seen }
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
      finding({
        kind: 'interface-missing',
        subject,
        message: `interface ${ifname} of ${of} is missing: it has no connection there`,
        evidence: [`interface ${hostLink} of the host, which led to it, is gone`],
        repair: { kind: 'reattach', attachment: ref },
      }),
    ]
  }
  const loose = bridge !== undefined && there.master !== bridge.name
  const repair = restoreLink(attachment, hostLink)
  if (loose || !there.up)
    return [
      finding({
        kind: 'interface-loose',
        subject,
        message: `${of} is cut off: its interface of the host, ${hostLink}, is ${loose ? `not on bridge ${bridge.name}` : 'down'}`,
        evidence: [
          `${hostLink} is ${there.up ? 'up' : 'down'}, ${there.master ? `on ${there.master}` : 'on no bridge'}`,
        ],
        repair,
      }),
    ]
  const evidence = changesOf(there, repair)
  const message = `settings of interface ${hostLink} of the host, which leads to ${of}, have changed`
  const changed = finding({ kind: 'interface-changed', subject, message, evidence, repair })
  return [...(evidence.length > 0 ? [changed] : []), ...narrowFindings(attachment, there)]
}

function restoreLink(attachment: DesiredAttachment, link: string): RestoreLink {
  const { bridge, hostMac: mac } = attachment
  return {
    ...{ kind: 'restore-link', attachment: refOf(attachment), link },
    ...(bridge === undefined ? {} : { bridge: bridge.name }),
    ...present({ mac, port: bridge?.port }),
  }
}

type RestoreLink = Extract<Repair, { readonly kind: 'restore-link' }>

function changesOf(there: ObservedLink, { mac, port }: RestoreLink): readonly string[] {
  const rows = [
    ['its MAC', there.mac, mac],
    ['its hairpin mode', there.port?.hairpin, port?.hairpin],
    ['its isolation', there.port?.isolated, port?.isolated],
  ] as const
  return rows.flatMap(([what, is, was]) =>
    is === undefined || was === undefined || is === was
      ? []
      : [`${what} is ${textOf(is)}, and was ${textOf(was)}`],
  )
}

function textOf(setting: string | boolean): string {
  if (typeof setting === 'string') return setting
  return setting ? 'on' : 'off'
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
      message: `container ${containerId} in network ${network} loses long packets: the MTU of ${name}, an interface of the host, was lowered`,
      evidence: [`it is ${mtu}, and was ${wanted}`],
      ours: true,
      fix: `ip link set dev ${name} mtu ${wanted}   (or create the network with -o mtu=${mtu})`,
    }),
  ]
}

const usualMtu = 1500

// The kernel gives a bridge the lowest MTU of its ports.
function narrowBridge(
  attachment: DesiredAttachment,
  there: ObservedLink,
  links: Maps['links'],
): readonly Finding[] {
  const { mtu = usualMtu, name } = there
  if (mtu >= (attachment.bridge?.mtu ?? usualMtu)) return []
  const isOfPort = [...links.values()].some(
    (each) => each.master === name && (each.mtu ?? usualMtu) <= mtu,
  )
  return isOfPort ? [] : narrowFindings(attachment, there)
}
