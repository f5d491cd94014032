import { attribute, nested } from './attributes.ts'
import { flag, type Message } from './messages.ts'
import { ascii, join, nulText, type Octets, u8, u16, u32 } from './octets.ts'
import type {
  LinkRef,
  NamespaceRef,
  NewBridge,
  NewForwarding,
  NewUpper,
  NewVeth,
  RouteOp,
  SetAddressMode,
  SetInetConf,
  SetLink,
  SetPort,
  SetVlans,
} from './route-op.ts'
import { inetConf } from './route-op.ts'

const newLink = 16
const deleteLink = 17
const getLink = 18
const create = flag.create | flag.exclusive

// IFLA_*, linux/if_link.h.
const ifla = {
  address: 1,
  name: 3,
  mtu: 4,
  lower: 5,
  master: 10,
  transmitQueueLength: 13,
  linkInfo: 18,
  pid: 19,
  alias: 20,
  afSpec: 26,
  group: 27,
  fd: 28,
  mask: 29,
} as const
const inet = 2
const inet6 = 10

/** The message of an operation on links; undefined for other operations. */
export function encodeLinkOp(op: RouteOp): Message | undefined {
  if (op.kind === 'ask link') return message(getLink, 0, op.link, [attribute(ifla.mask, u32(8))])
  if (op.kind === 'delete link') return encodeDelete(op.link)
  if (op.kind === 'add bridge') return encodeBridge(op)
  if (op.kind === 'add veth') return encodeVeth(op)
  if (op.kind === 'add dummy' || op.kind === 'add ifb')
    return made(op, [], linkInfo(op.kind.slice('add '.length), []))
  if (op.kind === 'add vrf') return made(op, [], linkInfo('vrf', [attribute(1, u32(op.table))]))
  if (op.kind === 'add vlans' || op.kind === 'delete vlans') return encodeVlans(op)
  if (op.kind === 'add forwarding') return encodeForwarding(op)
  if (op.kind === 'set link') return encodeSet(op)
  if (op.kind === 'set port') return encodePort(op)
  if (op.kind === 'set inet conf') return encodeInetConf(op)
  if (op.kind === 'set address mode') return encodeAddressMode(op)
  return 'lower' in op ? encodeUpper(op) : undefined
}

/** `ifinfomsg`: family, type, index, flags, and which flags change. */
export function linkHeader(index = 0, flags = 0, change = 0): Octets {
  return join([u16(0), u16(0), u32(index), u32(flags), u32(change)])
}

function message(
  type: number,
  flags: number,
  link: LinkRef,
  attributes: readonly Octets[],
  up: readonly [flags: number, change: number] = [0, 0],
): Message {
  const head = 'index' in link ? linkHeader(link.index, ...up) : linkHeader(0, ...up)
  const name = 'name' in link ? [attribute(ifla.name, nulText(link.name))] : []
  return { type, flags, body: join([head, ...name, ...attributes]) }
}

function encodeDelete(link: LinkRef | { readonly group: number }): Message {
  if (!('group' in link)) return message(deleteLink, 0, link, [])
  return {
    type: deleteLink,
    flags: 0,
    body: join([linkHeader(), attribute(ifla.group, u32(link.group))]),
  }
}

interface Common {
  readonly name: string
  readonly mac?: string
  readonly mtu?: number
  readonly alias?: string
}

function made(common: Common, more: readonly Octets[], info: Octets): Message {
  const { name } = common
  return message(newLink, create, { name }, [...commonAttributes(common), ...more, info])
}

function commonAttributes({ mac, mtu, alias }: Omit<Common, 'name'>): readonly Octets[] {
  return [
    ...(mac === undefined ? [] : [attribute(ifla.address, macOctets(mac))]),
    ...(mtu === undefined ? [] : [attribute(ifla.mtu, u32(mtu))]),
    ...(alias === undefined ? [] : [attribute(ifla.alias, ascii(alias))]),
  ]
}

function linkInfo(kind: string, data: readonly Octets[]): Octets {
  const inside = data.length === 0 ? [] : [nested(2, data)]
  return nested(ifla.linkInfo, [attribute(1, nulText(kind)), ...inside])
}

function encodeBridge(op: NewBridge): Message {
  const { vlanFiltering, multicastSnooping } = op
  const data = [
    attribute(1, u32(0)),
    attribute(5, u32(0)),
    ...(vlanFiltering === undefined ? [] : [attribute(7, u8(Number(vlanFiltering)))]),
    ...(multicastSnooping === undefined ? [] : [attribute(23, u8(Number(multicastSnooping)))]),
  ]
  return made(op, [], linkInfo('bridge', data))
}

function encodeVeth(op: NewVeth): Message {
  const { mac, mtu, name, namespace } = op.peer
  const peer = [
    linkHeader(),
    attribute(ifla.name, nulText(name)),
    ...commonAttributes({ ...(mac ? { mac } : {}), ...(mtu === undefined ? {} : { mtu }) }),
    namespaceAttribute(namespace),
  ]
  const master = op.master === undefined ? [] : [attribute(ifla.master, u32(op.master))]
  return made(op, master, linkInfo('veth', [nested(1, peer)]))
}

function namespaceAttribute(namespace: NamespaceRef): Octets {
  return 'fd' in namespace
    ? attribute(ifla.fd, u32(namespace.fd))
    : attribute(ifla.pid, u32(namespace.pid))
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
    ...(op.namespace ? [namespaceAttribute(op.namespace)] : []),
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

const flagUp = 0x1
const flagPromiscuous = 0x100
const flagAllMulticast = 0x200

function encodeSet(op: SetLink): Message {
  const flags = [
    [flagUp, op.up],
    [flagPromiscuous, op.promiscuous],
    [flagAllMulticast, op.allMulticast],
  ] as const
  const change = flags.reduce((sum, [bit, on]) => (on === undefined ? sum : sum | bit), 0)
  const set = flags.reduce((sum, [bit, on]) => (on === true ? sum | bit : sum), 0)
  const { transmitQueueLength: queue, namespace, group, master } = op
  const attributes = [
    // A link that is named by its index may get another name.
    ...('index' in op.link && op.name !== undefined
      ? [attribute(ifla.name, nulText(op.name))]
      : []),
    ...commonAttributes(op),
    ...(master === undefined ? [] : [attribute(ifla.master, u32(master))]),
    ...(queue === undefined ? [] : [attribute(ifla.transmitQueueLength, u32(queue))]),
    ...(group === undefined ? [] : [attribute(ifla.group, u32(group))]),
    ...(namespace === undefined ? [] : [namespaceAttribute(namespace)]),
  ]
  return message(newLink, 0, op.link, attributes, [set, change])
}

function encodePort({ link, hairpin, isolated, locked, learning }: SetPort): Message {
  const data = [
    ...(hairpin === undefined ? [] : [attribute(4, u8(Number(hairpin)))]),
    ...(isolated === undefined ? [] : [attribute(33, u8(Number(isolated)))]),
    ...(learning === undefined ? [] : [attribute(8, u8(Number(learning)))]),
    ...(locked === undefined ? [] : [attribute(39, u8(Number(locked)))]),
  ]
  const info = nested(ifla.linkInfo, [attribute(4, nulText('bridge')), nested(5, data)])
  return message(newLink, 0, link, [info])
}

const setLink = 19
const bridgeFamily = 7
const self = 2
const pvidUntagged = 6

function encodeVlans({ kind, index, self: isSelf, vlans }: SetVlans): Message {
  const infos = vlans.map(({ id, untagged }) =>
    attribute(2, join([u16(untagged ? pvidUntagged : 0), u16(id)])),
  )
  const inside = [...(isSelf ? [attribute(0, u16(self))] : []), ...infos]
  const head = join([u16(bridgeFamily), u16(0), u32(index), u32(0), u32(0)])
  const type = kind === 'add vlans' ? setLink : deleteLink
  return { type, flags: 0, body: join([head, nested(ifla.afSpec, inside)]) }
}

// ndmsg: family, index, state (reachable, no ARP: static), flags (of the master), type.
function encodeForwarding({ index, mac }: NewForwarding): Message {
  const head = [u8(bridgeFamily), u8(0), u16(0), u32(index), u16(0x42), u8(4), u8(0)]
  return { type: 28, flags: flag.create, body: join([...head, attribute(2, macOctets(mac))]) }
}

function encodeInetConf({ link, values }: SetInetConf): Message {
  const settings = Object.entries(inetConf).flatMap(([name, number]) => {
    const value = values[name as keyof typeof inetConf]
    return value === undefined ? [] : [attribute(number, u32(value))]
  })
  return message(newLink, 0, link, [nested(ifla.afSpec, [nested(inet, [nested(1, settings)])])])
}

function encodeAddressMode({ link, mode }: SetAddressMode): Message {
  const value = attribute(8, u8(mode === 'none' ? 1 : 0))
  return message(newLink, 0, link, [nested(ifla.afSpec, [nested(inet6, [value])])])
}

// Throws RangeError for a text that is no MAC.
function macOctets(mac: string): Octets {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) throw new RangeError(`not a MAC: ${mac}`)
  return Uint8Array.from(mac.split(':'), (octet) => Number.parseInt(octet, 16))
}
