import type { MissingResource, TableOwner } from '../src/observed-state.ts'
import { observing } from './sample-change.ts'
import type { Damage } from './sample-damage.ts'
import { desiredAttachment } from './sample-host.ts'

const former = {
  kind: 'attachment',
  network: 'lan',
  containerId: 'former',
  ifname: 'eth0',
} as const
const left = {
  name: 'vethleft',
  bridge: false,
  up: true,
  master: 'br-lan',
  addresses: [],
  owner: former,
}

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
  'attaching it again was cut short': {
    kind: 'interface-missing',
    damage: (world, at) => {
      const attachments = world.desired.attachments.map((each, index) =>
        index === at ? { ...each, cutShort: true } : each,
      )
      return { ...world, desired: { ...world.desired, attachments } }
    },
  },
  'an interface of a former attachment is left': {
    kind: 'interface-left',
    damage: (world) =>
      observing(world, ({ links }) => ({
        links: [...links.filter(({ name }) => name !== left.name), left],
      })),
  },
  'elements of a former network are left': {
    kind: 'rules-left',
    damage: leaving({ kind: 'network', network: 'former' }),
  },
}

function without(kind: MissingResource['kind']): Damage {
  return (world, at) => {
    const { network, containerId, ifname } = desiredAttachment(`c${at}`, at)
    const missing = { attachment: { network, containerId, ifname }, kind, due: `make ${kind}` }
    return observing(world, ({ table }) => ({
      table: { ...table, missing: [...table.missing, missing] },
    }))
  }
}

function leaving(owner: TableOwner): Damage {
  return (world) => observing(world, ({ table }) => ({ table: { ...table, left: [owner] } }))
}
