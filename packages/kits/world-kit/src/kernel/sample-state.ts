import type { AttachmentOwner, Change, Owned, Owner, Resource, State } from '@vethra/state'

const lan: Owner = { kind: 'network', network: 'lan' }
/** The host, as an owner. */
export const host: Owner = { kind: 'host' }

/** A container in network `lan`. */
export function holder(containerId: string): AttachmentOwner {
  return { kind: 'attachment', network: 'lan', containerId, ifname: 'eth0' }
}

/** Resources of one owner. */
export function owned(owner: Owner, ...resources: readonly Resource[]): State {
  return resources.map((resource) => ({ resource, owner }))
}

/** The changes that make them. */
export function made(state: State): readonly Change[] {
  return state.map((to) => ({ kind: 'make', to }))
}

/** The changes that remove them. */
export function removed(state: State): readonly Change[] {
  return state.map((from) => ({ kind: 'remove', from }))
}

/** A bridge with its address and its place in the firewall. */
export const bridge: State = owned(
  lan,
  {
    kind: 'link',
    place: 'host',
    name: 'br-t',
    type: { name: 'bridge' },
    up: true,
    mac: '02:00:00:00:00:09',
    linkLocal: false,
  },
  { kind: 'address', place: 'host', link: 'br-t', address: '10.4.0.1', prefixLength: 24 },
  { kind: 'address', place: 'host', link: 'br-t', address: 'fd00:4::1', prefixLength: 64 },
  { kind: 'admit', bridge: 'br-t', subnets: ['10.4.0.0/24', 'fd00:4::/64'] },
  { kind: 'masquerade', subnet: '10.4.0.0/24' },
  { kind: 'isolate', bridge: 'br-t', from: 'isolated' },
)

/** A container's interface on that bridge, with all that it carries, and its port; `last` is the end of its addresses. */
export function attachment(containerId: string, last: number): State {
  const [four, six] = [`10.4.0.${last}`, `fd00:4::${last}`]
  const link = 'eth0'
  const place = 'container'
  return owned(
    holder(containerId),
    {
      kind: 'link',
      place,
      name: link,
      type: {
        name: 'veth',
        hostName: `veth-${containerId}`,
        hostMac: `02:00:00:00:01:0${last}`,
        bridge: 'br-t',
      },
      up: true,
      mac: `02:00:0a:04:00:0${last}`,
      mtu: 1400,
    },
    { kind: 'bridge port', link: `veth-${containerId}`, hairpin: true, isolated: false },
    { kind: 'link settings', place, link: 'lo', up: true },
    { kind: 'address', place, link, address: four, prefixLength: 24, broadcast: '10.4.0.255' },
    { kind: 'address', place, link, address: six, prefixLength: 64 },
    { kind: 'route', place, link, destination: '0.0.0.0/0', gateway: '10.4.0.1' },
    { kind: 'route', place, link, destination: '::/0', gateway: 'fd00:4::1' },
    { kind: 'route', place, link, destination: '10.9.0.0/16', scope: 'link', priority: 7 },
    { kind: 'publish', protocol: 'tcp', hostPort: 8000 + last, address: four, port: 80 },
    {
      kind: 'publish',
      protocol: 'udp',
      hostPort: 53,
      hostAddress: `2001:db8::${last}`,
      address: six,
      port: 53,
    },
  )
}

/** The resource of a kind in a state, the first where there are several. Throws RangeError without one. */
export function ofKind(state: State, kind: Resource['kind']): Owned {
  const found = state.find(({ resource }) => resource.kind === kind)
  if (found === undefined) throw new RangeError(`no ${kind} in this state`)
  return found
}
