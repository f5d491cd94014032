import { attribute, nested } from './attributes.ts'
import { commonAttributes, ifla, linkMessage, macOctets, rtm } from './link-message.ts'
import { flag, type Message } from './messages.ts'
import { join, nulText, u8, u16, u32 } from './octets.ts'
import type {
  NewForwarding,
  RouteOp,
  SetAddressMode,
  SetLink,
  SetPort,
  SetVlans,
} from './route-op.ts'

/** The message that changes a link, as a port of a bridge too; undefined for other operations. */
export function encodeSetLink(op: RouteOp): Message | undefined {
  if (op.kind === 'add vlans' || op.kind === 'delete vlans') return encodeVlans(op)
  if (op.kind === 'add forwarding') return encodeForwarding(op)
  if (op.kind === 'set link') return encodeSet(op)
  if (op.kind === 'set port') return encodePort(op)
  return op.kind === 'set address mode' ? encodeAddressMode(op) : undefined
}

const change = { type: rtm.newLink, flags: 0 } as const
const inet6 = 10
const flagUp = 0x1
const flagNoArp = 0x80
const flagPromiscuous = 0x100
const flagAllMulticast = 0x200

function encodeSet(op: SetLink): Message {
  const flags = [
    [flagUp, op.up],
    [flagNoArp, op.arp === undefined ? undefined : !op.arp],
    [flagPromiscuous, op.promiscuous],
    [flagAllMulticast, op.allMulticast],
  ] as const
  let changed = 0
  let set = 0
  for (const [bit, on] of flags) {
    if (on !== undefined) changed |= bit
    if (on) set |= bit
  }
  const { transmitQueueLength: queue, namespace, master } = op
  const attributes = [
    // A link that is named by its index may get another name.
    ...('index' in op.link && op.name !== undefined
      ? [attribute(ifla.name, nulText(op.name))]
      : []),
    ...commonAttributes(op),
    ...(master === undefined ? [] : [attribute(ifla.master, u32(master))]),
    ...(queue === undefined ? [] : [attribute(ifla.transmitQueueLength, u32(queue))]),
    ...(namespace === undefined ? [] : [attribute(ifla.fd, u32(namespace))]),
  ]
  return linkMessage({ ...change, up: [set, changed] }, op.link, attributes)
}

function encodePort({ link, hairpin, isolated, locked, learning }: SetPort): Message {
  const data = [
    ...(hairpin === undefined ? [] : [attribute(4, u8(Number(hairpin)))]),
    ...(isolated === undefined ? [] : [attribute(33, u8(Number(isolated)))]),
    ...(learning === undefined ? [] : [attribute(8, u8(Number(learning)))]),
    ...(locked === undefined ? [] : [attribute(39, u8(Number(locked)))]),
  ]
  const info = nested(ifla.linkInfo, [attribute(4, nulText('bridge')), nested(5, data)])
  return linkMessage(change, link, [info])
}

const bridgeFamily = 7
const pvidUntagged = 6

function encodeVlans({ kind, index, vlans }: SetVlans): Message {
  const infos = vlans.map(({ id, untagged }) =>
    attribute(2, join([u16(untagged ? pvidUntagged : 0), u16(id)])),
  )
  const head = join([u16(bridgeFamily), u16(0), u32(index), u32(0), u32(0)])
  const type = kind === 'add vlans' ? rtm.setLink : rtm.deleteLink
  return { type, flags: 0, body: join([head, nested(ifla.afSpec, infos)]) }
}

// ndmsg: family, index, state (reachable, no ARP: static), flags (of the master), type.
function encodeForwarding({ index, mac }: NewForwarding): Message {
  const head = [u8(bridgeFamily), u8(0), u16(0), u32(index), u16(0x42), u8(4), u8(0)]
  return { type: 28, flags: flag.create, body: join([...head, attribute(2, macOctets(mac))]) }
}

function encodeAddressMode({ link, mode }: SetAddressMode): Message {
  const value = attribute(8, u8(mode === 'none' ? 1 : 0))
  return linkMessage(change, link, [nested(ifla.afSpec, [nested(inet6, [value])])])
}
