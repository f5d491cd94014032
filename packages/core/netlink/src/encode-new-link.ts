import { attribute, nested } from './attributes.ts'
import { commonAttributes, ifla, linkHeader, linkInfo, linkMessage, rtm } from './link-message.ts'
import { flag, type Message } from './messages.ts'
import { nulText, type Octets, u8, u16, u32 } from './octets.ts'
import type { NewBridge, NewLink, NewUpper, NewVeth, RouteOp } from './route-op.ts'

/** The message that makes a link; undefined for other operations. */
export function encodeNewLink(op: RouteOp): Message | undefined {
  if (op.kind === 'add bridge') return encodeBridge(op)
  if (op.kind === 'add veth') return encodeVeth(op)
  if (op.kind === 'add dummy' || op.kind === 'add ifb')
    return made(op, [], linkInfo(op.kind.slice('add '.length), []))
  if (op.kind === 'add vrf') return made(op, [], linkInfo('vrf', [attribute(1, u32(op.table))]))
  return 'lower' in op ? encodeUpper(op) : undefined
}

function made(common: NewLink, more: readonly Octets[], info: Octets): Message {
  const attributes = [...commonAttributes(common), ...more, info]
  const head = { type: rtm.newLink, flags: flag.create | flag.exclusive }
  return linkMessage(head, { name: common.name }, attributes)
}

function encodeBridge(op: NewBridge): Message {
  const { vlanFiltering } = op
  const data = [
    attribute(1, u32(0)),
    attribute(5, u32(0)),
    ...(vlanFiltering === undefined ? [] : [attribute(7, u8(Number(vlanFiltering)))]),
  ]
  return made(op, [], linkInfo('bridge', data))
}

function encodeVeth(op: NewVeth): Message {
  const { mac, mtu, name, namespace } = op.peer
  const peer = [
    linkHeader(),
    attribute(ifla.name, nulText(name)),
    ...commonAttributes({ ...(mac ? { mac } : {}), ...(mtu === undefined ? {} : { mtu }) }),
    attribute(ifla.fd, u32(namespace)),
  ]
  const master = op.master === undefined ? [] : [attribute(ifla.master, u32(op.master))]
  return made(op, master, linkInfo('veth', [nested(1, peer)]))
}

const macvlanModes: Readonly<Record<string, number>> = {
  private: 1,
  vepa: 2,
  bridge: 4,
  passthru: 8,
}
const ipvlanModes: Readonly<Record<string, number>> = { l2: 0, l3: 1, l3s: 2 }

function encodeUpper(op: NewUpper): Message {
  const more = [
    attribute(ifla.lower, u32(op.lower)),
    ...(op.namespace === undefined ? [] : [attribute(ifla.fd, u32(op.namespace))]),
  ]
  return made(op, more, linkInfo(op.kind.slice('add '.length), upperData(op)))
}

function upperData({ kind, mode, id, broadcastQueue }: NewUpper): readonly Octets[] {
  if (kind === 'add vlan') return [attribute(1, u16(id ?? 0))]
  const modes = kind === 'add macvlan' ? macvlanModes : ipvlanModes
  const first = kind === 'add macvlan' ? 'bridge' : 'l2'
  const value = modes[mode ?? first]
  if (value === undefined) throw new RangeError(`no such ${kind.slice(4)} mode: ${mode}`)
  // The second of ipvlan, as ip(8) sends it: none of its flags.
  return kind === 'add macvlan'
    ? [
        attribute(1, u32(value)),
        ...(broadcastQueue === undefined ? [] : [attribute(7, u32(broadcastQueue))]),
      ]
    : [attribute(1, u16(value)), attribute(2, u16(0))]
}
