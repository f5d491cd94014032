import { familyOf, present } from '@vethra/cni'
import { chainsAt, type FilterTable, type KnownPacket } from '@vethra/firewall'
import type { DesiredAttachment } from './desired-state.ts'

/** A packet that a container sends or gets: `port` by a published port, `host` by the host itself. */
export interface Sent {
  readonly network: string
  readonly what: string
  readonly way: 'out' | 'in' | 'port' | 'host port' | 'to host' | 'from host'
  /** Whether our table marks it. */
  readonly marks: boolean
  /** The port of the host that it was sent to, and the address: before that is changed it is all that is known. */
  readonly hostEnd?: Pick<KnownPacket, 'daddr' | 'dport'>
  readonly packet: KnownPacket
  /** The interface of the host that leads to the container. */
  readonly link: Pick<KnownPacket, 'iifname'>
}

const whats = {
  out: 'sent by containers',
  in: 'answers to containers',
  'to host': 'answers to the host',
  'from host': 'sent by the host',
} as const

/** The packets that a container on a bridge that the host routes for sends and gets, each way once. */
export function packetsOf(attachment: DesiredAttachment): readonly Sent[] {
  const { network, bridge, addresses, inTable, admitted, masqueraded: byIptables } = attachment
  const { mac, hostLink: iifname, ports, masqueradedByNft } = attachment
  if (!bridge?.routed) return []
  const on = { network, marks: inTable.includes('admission'), link: present({ iifname }) }
  return addresses.flatMap(({ address }) => {
    const known = {
      family: familyOf(address),
      bridge: bridge.name,
      admitted: admitted && !on.marks,
    }
    const from = { iifname: bridge.name, saddr: address, ...present({ smac: mac }) }
    const to = { oifname: bridge.name, daddr: address, ...present({ dmac: mac }) }
    const source = byIptables || masqueradedByNft ? { changes: 'source' as const } : {}
    const sent = (way: keyof typeof whats, packet: Partial<KnownPacket>): Sent => ({
      ...{ ...on, way, what: whats[way], packet: { ...known, protocol: 'tcp', ...packet } },
    })
    return [
      sent('out', { ...from, state: ['new'], ...source }),
      sent('in', { ...to, state: ['established'] }),
      sent('to host', { ...from, state: ['established'] }),
      sent('from host', { ...to, state: ['new'] }),
      ...ports.flatMap((port) => byPort(port, { ...on, packet: { ...known, ...to } })),
    ]
  })
}

function byPort(
  { protocol, hostIp, hostPort, containerPort }: DesiredAttachment['ports'][number],
  { packet: to, ...on }: Omit<Sent, 'way' | 'what'>,
): readonly Sent[] {
  if (hostIp !== '' && familyOf(hostIp) !== to.family) return []
  const what = `sent to published port ${hostPort}/${protocol}`
  const led = { protocol, dport: String(containerPort), state: ['new', 'dnat'], admitted: false }
  const daddr = ['', '0.0.0.0', '::'].includes(hostIp) ? undefined : hostIp
  const hostEnd = { dport: String(hostPort), ...present({ daddr }) }
  const sent = { ...on, what, hostEnd, packet: { ...to, ...led } }
  // What is sent to an address of the host alone stays there.
  const isInner = /^(127\.|::1$)/.test(hostIp)
  return [{ ...sent, way: 'host port' }, ...(isInner ? [] : [{ ...sent, way: 'port' as const }])]
}

/** The priority of our own chain for what is forwarded: one before it sees no mark. */
export const markingPriority = -10

/** The priorities at which connections are known, destinations changed, and sources. */
const [tracked, changed, masqueraded] = [-200, -100, 100]

/** The hooks that a packet passes by each way, in tables for packets, and those for frames. */
const hooksOf: Readonly<Record<Sent['way'], readonly string[]>> = {
  out: ['prerouting', 'forward', 'postrouting'],
  in: ['forward', 'postrouting'],
  port: ['prerouting', 'forward', 'postrouting'],
  'host port': ['output'],
  'to host': ['input'],
  'from host': ['output', 'postrouting'],
}
const frameHooks: Readonly<Partial<Record<Sent['way'], readonly string[]>>> = {
  out: ['ingress', 'prerouting', 'input', 'forward'],
  in: ['output', 'postrouting', 'egress'],
}

/** The base chains of a table that a packet passes, and what is known of it there. */
export function stagesOf(
  table: FilterTable,
  sent: Sent,
): readonly (readonly [string, KnownPacket])[] {
  const isFrame = /^(bridge|netdev) /.test(table.name)
  return ((isFrame ? frameHooks : hooksOf)[sent.way] ?? []).flatMap((hook) => {
    const devices = [sent.packet.bridge, sent.link.iifname ?? []].flat()
    const chains = new Map(devices.flatMap((device) => chainsAt(table, hook, device)))
    return [...chains].flatMap(([name, { priority, devices: on }]) => {
      const known = isFrame ? asFrame(sent, hook, on[0]) : asPacket(sent, hook, priority)
      return known ? [[name, known] as const] : []
    })
  })
}

// A bridge has packets of the host come and go by itself, and passes on what containers send each other.
function asFrame(sent: Sent, hook: string, device?: string): KnownPacket | undefined {
  const { way, packet, link } = sent
  const { iifname, oifname, state, changes, ...bare } = packet
  const { bridge } = bare
  if (hook === 'ingress') return { ...bare, iifname: device ?? bridge }
  if (hook === 'egress') return { ...bare, oifname: device ?? bridge }
  if (way === 'in')
    return { ...bare, obrname: bridge, ...(link.iifname ? { oifname: link.iifname } : {}) }
  return { ...bare, ibrname: bridge, ...(hook === 'forward' ? { obrname: bridge } : {}), ...link }
}

function asPacket(sent: Sent, hook: string, priority: number): KnownPacket | undefined {
  const { way, marks, hostEnd, packet } = sent
  const { state, iifname, oifname, daddr, dport, dmac, ...bare } = packet
  if (hook === 'prerouting' || (hook === 'output' && hostEnd)) {
    const early = { ...bare, marked: false }
    if (way === 'out')
      return { ...early, ...present({ iifname }), ...(priority > tracked ? { state } : {}) }
    return hostEnd && priority < changed
      ? { ...early, ...hostEnd, changes: 'destination' }
      : undefined
  }
  const { changes, ...known } = packet
  if (hook === 'forward') return { ...known, marked: marks && priority > markingPriority }
  // Who is first of two that change a source at once is not known.
  if (hook === 'postrouting' && priority >= masqueraded + Number(way === 'out')) return undefined
  return hook === 'postrouting' ? { ...packet, marked: marks } : { ...known, marked: false }
}
