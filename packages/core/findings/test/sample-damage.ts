import { marksOf } from '@vethra/firewall'
import type { DesiredAttachment } from '../src/desired-state.ts'
import type { ObservedState } from '../src/observed-state.ts'
import { observing, onFirewall, publishing } from './sample-change.ts'
import { desiredAttachment, ownedBy, reservationOf, type World } from './sample-host.ts'

/** For tests: does something bad to the container of a number. */
export type Damage = (world: World, index: number) => World

/** For tests: every way in which things go wrong, and the finding that reports it. */
export const damages: Readonly<Record<string, { readonly kind: string; readonly damage: Damage }>> =
  {
    'its namespace is gone': {
      kind: 'attachment-dead',
      damage: killed,
    },
    'its record tells its namespace by inode alone': {
      kind: 'record-outdated',
      damage: attachmentIs({ outdated: true }),
    },
    'its cached result is gone': {
      kind: 'result-lost',
      damage: attachmentIs({ remembered: false, restorable: true }),
    },
    'its record is damaged': {
      kind: 'record-damaged',
      damage: attachmentIs({ recordDamaged: true }),
    },
    'its masquerading is gone': {
      kind: 'masquerading-missing',
      damage: (world, at) => withoutMark(world, at, 'masquerading'),
    },
    'its port rules are gone': {
      kind: 'ports-closed',
      damage: (world, at) => withoutMark(world, at, 'ports'),
    },
    'its address is admitted no more': {
      kind: 'forwarding-missing',
      damage: (world, at) =>
        onFirewall(world, (firewall) => ({
          ...firewall,
          admitted: new Set([...firewall.admitted].filter((each) => each !== addressOf(at))),
        })),
    },
    'the isolation is gone': {
      kind: 'isolation-missing',
      damage: (world) => onFirewall(world, (firewall) => ({ ...firewall, isolation: new Map() })),
    },
    'its reservation is gone': {
      kind: 'reservation-missing',
      damage: (world, at) =>
        observing(world, ({ reservations }) => ({
          reservations: reservations.filter(
            ({ reservation }) => reservation.address !== addressOf(at),
          ),
        })),
    },
    'a reservation was planted in its name': {
      kind: 'reservation-dead',
      damage: (world, at) => planted(world, `default-c${at}`, at, 'eth9'),
    },
    'a reservation was planted for nobody known': {
      kind: 'reservation-dead',
      damage: (world, at) => planted(world, `nobody${at}`, at),
    },
    'a reservation was left empty': {
      kind: 'reservation-dead',
      damage: (world, at) => planted(world, '', at),
    },
    'its meta.json is gone': { kind: 'names-missing', damage: containerIs({ names: 'none' }) },
    'its meta.json is damaged': {
      kind: 'names-missing',
      damage: containerIs({ names: 'damaged' }),
    },
    'its name is gone': {
      kind: 'name-lost',
      damage: (world, at) =>
        observing(world, ({ names }) => ({ names: names.filter(({ id }) => id !== `c${at}`) })),
    },
    'a name of a removed container is left': {
      kind: 'name-left',
      damage: (world, at) =>
        observing(world, ({ names }) => ({
          names: [...names, { namespace: 'default', name: `old${at}`, id: `removed${at}` }],
        })),
    },
    'a hosts folder of a removed container is left': {
      kind: 'hosts-left',
      damage: (world, at) =>
        observing(world, ({ containers }) => ({
          containers: [
            ...containers,
            {
              ...{ namespace: 'default', id: `removed${at}`, containerId: `default-removed${at}` },
              ...{ stored: false, names: 'none' },
              ...{ networks: [], restorable: false },
            } as const,
          ],
        })),
    },
    'rules of it in another network are left': {
      kind: 'rules-left',
      damage: (world, at) => {
        const left = ownedBy({ ...desiredAttachment(`c${at}`, at), network: 'renamed' })
        return onFirewall(world, (firewall) => ({
          ...firewall,
          owned: new Map([...firewall.owned, ...left.map((each) => [each.mark, each] as const)]),
        }))
      },
    },
    'packets to its UDP port go elsewhere': {
      kind: 'flow-stale',
      damage: (world, at) =>
        observing(world, ({ flows }) => ({
          flows: [...flows, { hostPort: 5300 + at, target: '10.4.1.250' }],
        })),
    },
    'ports are held for nobody': {
      kind: 'ports-left',
      damage: (world, at) =>
        observing(world, ({ portHolds }) => ({
          portHolds: [
            ...portHolds,
            {
              ...{ containerId: `default-gone${at}`, sockets: [`0.0.0.0:${9000 + at}/tcp`] },
              ...{ pid: 9, alive: true, recorded: true },
            },
          ],
        })),
    },
    'none of its networks publishes its ports': {
      kind: 'ports-unpublished',
      damage: (world, at) => publishing(world, `default-c${at}`, 'could'),
    },
    'its ports are not held': {
      kind: 'ports-unheld',
      damage: (world, at) =>
        observing(world, ({ portHolds }) => ({
          portHolds: portHolds.filter(({ containerId }) => containerId !== `default-c${at}`),
        })),
    },
    'no record names the process that holds its ports': {
      kind: 'ports-unrecorded',
      damage: (world, at) =>
        observing(world, ({ portHolds }) => ({
          portHolds: portHolds.map((each) =>
            each.containerId === `default-c${at}` ? { ...each, recorded: false } : each,
          ),
        })),
    },
    'RootlessKit forwards no port to it': {
      kind: 'ports-unforwarded',
      damage: (world, at) =>
        observing(world, ({ portHolds }) => ({
          portHolds: portHolds.map((each) =>
            each.containerId === `default-c${at}` ? { ...each, unforwarded: each.sockets } : each,
          ),
        })),
    },
  }

function killed(world: World, at: number): World {
  const containerId = `default-c${at}`
  const { attachments, containers } = world.desired
  const desired = {
    ...world.desired,
    attachments: attachments.filter((each) => each.containerId !== containerId),
    containers: containers.map((each) => (each.id === `c${at}` ? { ...each, known: false } : each)),
  }
  return observing({ ...attachmentIs({ state: 'gone' })(world, at), desired }, ({ links }) => ({
    links: links.filter(({ name }) => name !== `veth${at}`),
  }))
}

function attachmentIs(change: Partial<ObservedState['attachments'][number]>): Damage {
  return (world, at) =>
    observing(world, ({ attachments }) => ({
      attachments: attachments.map((each) =>
        each.containerId === `default-c${at}` ? { ...each, ...change } : each,
      ),
    }))
}

function containerIs(change: Partial<ObservedState['containers'][number]>): Damage {
  return (world, at) =>
    observing(world, ({ containers }) => ({
      containers: containers.map((each) => (each.id === `c${at}` ? { ...each, ...change } : each)),
    }))
}

function withoutMark(world: World, at: number, which: 'masquerading' | 'ports'): World {
  const mark = marksOf('lan', `default-c${at}`)[which]
  return onFirewall(world, (firewall) => ({
    ...firewall,
    owned: new Map([...firewall.owned].filter(([each]) => each !== mark)),
  }))
}

function planted(world: World, containerId: string, at: number, ifname = 'eth0'): World {
  const addresses: DesiredAttachment['addresses'] = [
    { address: `10.4.1.${100 + at}`, prefixLength: 24 },
  ]
  const attachment = { ...desiredAttachment(`c${at}`, at), containerId, ifname, addresses }
  return observing(world, ({ reservations }) => ({
    reservations: [...reservations, reservationOf(attachment)],
  }))
}

function addressOf(at: number): string {
  return `10.4.1.${at + 2}`
}
