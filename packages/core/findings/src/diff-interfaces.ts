import { formatPrefix, readCidr } from '@vethra/address'
import { present } from '@vethra/cni'
import { attachmentText, refOf } from './attachment-ref.ts'
import type { DesiredAttachment } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedLink, PortSettings } from './observed-state.ts'
import type { Repair, RepairedBridge } from './repair.ts'
import { shellWord } from './shell-word.ts'

/** The faults of the host's interface that leads to a living container. */
export function interfaceFindings(
  attachment: DesiredAttachment,
  maps: Pick<Maps, 'links'>,
): readonly Finding[] {
  if (attachment.cutShort) return [cutShort(attachment)]
  const { hostLink } = attachment
  return hostLink === undefined ? [] : linkFindings(attachment, hostLink, maps)
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

/** The faults of the bridge of a living container: the same for all of its containers. */
export function bridgeFindings(
  attachment: DesiredAttachment,
  { bridges, links, routes }: Pick<Maps, 'bridges' | 'links' | 'routes'>,
): readonly Finding[] {
  const { network, containerId, bridge } = attachment
  const wanted = bridge && bridges.get(bridge.name)
  if (wanted === undefined) return []
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
  const there = links.get(hostLink)
  const fault = linkFault(attachment, hostLink, there)
  const narrow = there ? narrowFindings(attachment, there) : []
  if (fault === undefined) return narrow
  const subject = { kind: 'attachment', name: attachmentText(attachment) } as const
  const repair: Repair = there
    ? restoreLink(attachment, hostLink)
    : { kind: 'reattach', attachment: refOf(attachment) }
  return [finding({ ...fault, subject, repair }), ...narrow]
}

function linkFault(
  { network, containerId, ifname, bridge, hostMac }: DesiredAttachment,
  hostLink: string,
  there: ObservedLink | undefined,
): Pick<Finding, 'kind' | 'message' | 'evidence'> | undefined {
  const of = `container ${containerId} in network ${network}`
  if (there === undefined)
    return {
      kind: 'interface-missing',
      message: `interface ${ifname} of ${of} is missing: it has no connection there`,
      evidence: [`interface ${hostLink} of the host, which led to it, is gone`],
    }
  const { up, master } = there
  const loose = bridge !== undefined && master !== bridge.name
  if (loose || !up)
    return {
      kind: 'interface-loose',
      message: `${of} is cut off: its interface of the host, ${hostLink}, is ${loose ? `not on bridge ${bridge.name}` : 'down'}`,
      evidence: [
        `${hostLink} is ${up ? 'up' : 'down'}, ${master ? `on ${master}` : 'on no bridge'}`,
      ],
    }
  const evidence = changesOf(there, hostMac, bridge?.port)
  if (evidence.length === 0) return undefined
  const message = `settings of interface ${hostLink} of the host, which leads to ${of}, have changed`
  return { kind: 'interface-changed', message, evidence }
}

function restoreLink(attachment: DesiredAttachment, link: string): Repair {
  const { bridge, hostMac: mac } = attachment
  return {
    ...{ kind: 'restore-link', attachment: refOf(attachment), link },
    ...(bridge === undefined ? {} : { bridge: bridge.name }),
    ...present({ mac, port: bridge?.port }),
  }
}

function changesOf(
  there: ObservedLink,
  mac: string | undefined,
  port: PortSettings | undefined,
): readonly string[] {
  return [
    ...changeOf('its MAC', there.mac, mac),
    ...changeOf('its hairpin mode', there.port?.hairpin, port?.hairpin),
    ...changeOf('its isolation', there.port?.isolated, port?.isolated),
  ]
}

function changeOf(
  what: string,
  is: string | boolean | undefined,
  was: string | boolean | undefined,
): readonly string[] {
  if (is === undefined || was === undefined || is === was) return []
  return [`${what} is ${textOf(is)}, and was ${textOf(was)}`]
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
      fix: `ip link set dev ${shellWord(name)} mtu ${wanted}   (or create the network with -o mtu=${mtu})`,
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
