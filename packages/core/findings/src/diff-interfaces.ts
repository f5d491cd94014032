import { formatPrefix, readCidr } from '@vethra/address'
import { present } from '@vethra/cni'
import type { Compared } from './compared.ts'
import type { DesiredAttachment } from './desired-state.ts'
import { about, type Finding, finding, refOf, warning } from './finding.ts'
import type { ObservedLink } from './observed-state.ts'
import type { Repair, RepairedBridge } from './repair.ts'
import { shellWord } from './shell-word.ts'

/** The faults of the host's interface that leads to a living container. */
export function interfaceFindings(
  attachment: DesiredAttachment,
  { links }: Compared,
): readonly Finding[] {
  const { network, containerId, ifname, hostLink, cutShort } = attachment
  const reattach: Repair = { kind: 'reattach', attachment: refOf(attachment) }
  if (cutShort)
    return [
      finding('interface-missing', attachment, {
        message: `container ${containerId} in network ${network} has an unfinished interface ${ifname}: detaching it, or attaching it again, was cut short`,
        evidence: ['its record says that this has begun'],
        repair: reattach,
      }),
    ]
  if (hostLink === undefined) return []
  const there = links.get(hostLink)
  const fault = linkFault(attachment, hostLink, there)
  const narrow = there ? [...narrowFindings(attachment, there), ...shaped(attachment, there)] : []
  if (fault === undefined) return narrow
  const { kind, ...seen } = fault
  const repair = there ? restoreLink(attachment, there) : reattach
  return [finding(kind, attachment, { ...seen, repair }), ...narrow]
}

/** The faults of the bridge of a living container: the same for all of its containers. */
export function bridgeFindings(
  attachment: DesiredAttachment,
  { bridges, links, routes }: Compared,
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
  if (fault === undefined)
    return there ? [...narrowBridge(attachment, there, links), ...shaped(attachment, there)] : []
  const [kind, words, seen] = fault
  return [
    finding(kind, about('interface', name), {
      message: `bridge ${name} of network ${network} ${words}: its containers cannot reach other hosts`,
      evidence: [seen, `container ${containerId} is attached to it`],
      repair: { kind: 'restore-bridge', bridge: wanted },
    }),
  ]
}

type BridgeFault = readonly [kind: string, words: string, seen: string]

function missingBridge(renamed: ObservedLink | undefined): BridgeFault {
  const seen = renamed
    ? `bridge ${renamed.name} has its MAC: it was renamed`
    : 'there is no interface of that name'
  return ['bridge-missing', 'is gone', seen]
}

function bridgeFault(
  there: ObservedLink,
  { addresses, mac, keepsMac }: RepairedBridge,
  isRouted: (address: string) => boolean,
): BridgeFault | undefined {
  const missing = addresses.filter((each) => !there.addresses.includes(each)).join(', ')
  const seen = `its addresses are ${there.addresses.join(', ') || 'none'}`
  if (missing) return ['bridge-address-missing', `has lost its address ${missing}`, seen]
  if (!there.up) return ['bridge-down', 'is down', 'the interface is not up']
  if (there.noArp) return ['bridge-changed', 'answers no ARP', 'its flags have NOARP']
  const cut = addresses.flatMap((each) => (isRouted(each) ? [] : subnetOf(each))).join(', ')
  if (cut)
    return [
      'bridge-route-missing',
      `has lost its route to ${cut}`,
      `no route leads to ${cut} by it`,
    ]
  const { deafAt = [] } = there
  const deaf = addresses.filter((each) => deafAt.includes(each)).join(', ')
  if (deaf)
    return [
      'bridge-route-missing',
      `has lost its local route for ${deaf}`,
      `no route of table local has ${deaf}`,
    ]
  if (!keepsMac || there.mac === undefined || there.mac === mac) return undefined
  return ['bridge-changed', 'has another MAC', `its MAC is ${there.mac}, and was ${mac}`]
}

function subnetOf(address: string): string {
  const prefix = readCidr(address)?.prefix
  return prefix === undefined ? address : formatPrefix(prefix)
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
  const { up, master, blocked } = there
  const loose = bridge !== undefined && master !== bridge.name
  if (loose || !up || blocked)
    return {
      kind: 'interface-loose',
      message: `${of} is cut off: its interface of the host, ${hostLink}, is ${loose ? `not on bridge ${bridge.name}` : up ? 'blocked by its bridge' : 'down'}`,
      evidence: [
        `${hostLink} is ${up ? 'up' : 'down'}, ${blocked ? 'blocked ' : ''}${master ? `on ${master}` : 'on no bridge'}`,
      ],
    }
  const evidence = [
    ...changeOf('its MAC', there.mac, hostMac),
    ...changeOf('its hairpin mode', onOff(there.port?.hairpin), onOff(bridge?.port?.hairpin)),
    ...changeOf('its isolation', onOff(there.port?.isolated), onOff(bridge?.port?.isolated)),
    ...changeOf(
      'its learning and flooding, unlocked,',
      onOff(there.port?.open),
      onOff(bridge?.port?.open),
    ),
  ]
  if (evidence.length === 0) return undefined
  const message = `settings of interface ${hostLink} of the host, which leads to ${of}, have changed`
  return { kind: 'interface-changed', message, evidence }
}

function restoreLink(attachment: DesiredAttachment, { name: link, blocked }: ObservedLink): Repair {
  const { bridge, hostMac: mac } = attachment
  return {
    ...{ kind: 'restore-link', attachment: refOf(attachment), link },
    ...present({ bridge: bridge?.name, mac, port: bridge?.port, blocked }),
  }
}

function changeOf(what: string, is?: string, was?: string): readonly string[] {
  return is === undefined || was === undefined || is === was
    ? []
    : [`${what} is ${is}, and was ${was}`]
}

function onOff(setting: boolean | undefined): string | undefined {
  return setting === undefined ? undefined : setting ? 'on' : 'off'
}

// An administrator may want it so: what is longer than a tunnel takes is lost there.
function narrowFindings(
  { network, containerId, bridge }: DesiredAttachment,
  { name, mtu }: ObservedLink,
): readonly Finding[] {
  const wanted = bridge?.mtu ?? usualMtu
  if (mtu === undefined || mtu >= wanted) return []
  return [
    warning('mtu-lowered', about('interface', name), {
      message: `container ${containerId} in network ${network} loses long packets: the MTU of ${name}, an interface of the host, was lowered`,
      evidence: [`it is ${mtu}, and was ${wanted}`],
      ours: true,
      fix: `ip link set dev ${shellWord(name)} mtu ${wanted}   (or create the network with -o mtu=${mtu})`,
    }),
  ]
}

// Plugin bandwidth makes its own with a network that has it.
function shaped(
  { network, bridge }: DesiredAttachment,
  { name, shapedBy, bridge: isBridge }: ObservedLink,
): readonly Finding[] {
  if (shapedBy === undefined || (bridge?.shapes && !isBridge)) return []
  return [
    warning('interface-shaped', about('interface', name), {
      message: `interface ${name} of the host holds packets of network ${network} back, or loses them`,
      evidence: [`its queue has discipline ${shapedBy}, which no plugin gave it`],
      fix: `tc qdisc delete dev ${shellWord(name)} root`,
    }),
  ]
}

const usualMtu = 1500

// The kernel gives a bridge the lowest MTU of its ports.
function narrowBridge(
  attachment: DesiredAttachment,
  there: ObservedLink,
  links: Compared['links'],
): readonly Finding[] {
  const found = narrowFindings(attachment, there)
  const { mtu = usualMtu, name } = there
  const isOfPort = (each: ObservedLink) => each.master === name && (each.mtu ?? usualMtu) <= mtu
  return found.length === 0 || [...links.values()].some(isOfPort) ? [] : found
}
