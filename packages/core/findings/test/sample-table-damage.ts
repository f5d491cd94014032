import type { TableOwner } from '../src/observed-state.ts'
import { observing } from './sample-change.ts'
import type { Damage } from './sample-damage.ts'
import { desiredAttachment } from './sample-host.ts'

const former = {
  kind: 'attachment',
  network: 'lan',
  containerId: 'former',
  ifname: 'eth0',
} as const

/** For tests: what goes wrong in table `inet vethra`, and the finding that reports it. */
export const tableDamages: Readonly<
  Record<string, { readonly kind: string; readonly damage: Damage }>
> = {
  'its published port is gone': { kind: 'ports-closed', damage: without('publish') },
  'its network is masqueraded no more': {
    kind: 'masquerading-missing',
    damage: without('masquerade'),
  },
  'its bridge is admitted no more': { kind: 'forwarding-missing', damage: without('admit') },
  'its bridge is isolated no more': { kind: 'isolation-missing', damage: without('isolate') },
  'a setting of the host has changed': { kind: 'settings-changed', damage: without('sysctl') },
  'elements of a former attachment are left': {
    kind: 'rules-left',
    damage: leaving(former),
  },
  'a port that it never asked for bears its mark': {
    kind: 'rules-left',
    damage: (world, at) => {
      const { network, containerId, ifname } = desiredAttachment(`c${at}`, at)
      const owner = { kind: 'attachment', network, containerId, ifname } as const
      const extra = [{ owner, effects: [{ owner, resource: lost.publish }] }]
      return observing(world, ({ table }) => ({ table: { ...table, extra } }))
    },
  },
  'its network is closed, which nobody asked for': {
    kind: 'rules-left',
    damage: (world) => {
      const owner = { kind: 'network', network: 'lan' } as const
      const closed = { kind: 'isolate', bridge: 'br-lan', from: 'internal' } as const
      const extra = [{ owner, effects: [{ owner, resource: closed }] }]
      return observing(world, ({ table }) => ({ table: { ...table, extra } }))
    },
  },
  'attaching it again was cut short': {
    kind: 'interface-missing',
    damage: (world, at) => {
      const attachments = world.desired.attachments.map((each, index) =>
        index === at ? { ...each, cutShort: true } : each,
      )
      return { ...world, desired: { ...world.desired, attachments } }
    },
  },
  'elements of a former network are left': {
    kind: 'rules-left',
    damage: leaving({ kind: 'network', network: 'former' }),
  },
}

function without(kind: keyof typeof lost): Damage {
  return (world, at) => {
    const { network, containerId, ifname } = desiredAttachment(`c${at}`, at)
    const to = { owner: { kind: 'network', network }, resource: lost[kind] } as const
    const due = { attachment: { network, containerId, ifname }, due: { kind: 'make', to } } as const
    return observing(world, ({ table }) => ({
      table: { ...table, missing: [...table.missing, due] },
    }))
  }
}

const lost = {
  publish: { kind: 'publish', protocol: 'tcp', hostPort: 80, address: '10.4.1.2', port: 80 },
  masquerade: { kind: 'masquerade', subnet: '10.4.1.0/24' },
  admit: { kind: 'admit', bridge: 'br-lan', subnets: ['10.4.1.0/24'] },
  isolate: { kind: 'isolate', bridge: 'br-lan', from: 'isolated' },
  sysctl: { kind: 'sysctl', place: 'host', key: 'net/ipv4/conf/br-lan/route_localnet', value: '1' },
} as const

function leaving(owner: TableOwner): Damage {
  return (world) => observing(world, ({ table }) => ({ table: { ...table, left: [owner] } }))
}
