import { containerIdOf } from '@vethra/cni'
import { marksOf } from '@vethra/firewall'
import type { DesiredAttachment } from '../src/desired-state.ts'
import { attachmentText } from '../src/finding.ts'
import type { ObservedState } from '../src/observed-state.ts'
import type { Repair } from '../src/repair.ts'
import { observing, onFirewall, publishing } from './sample-change.ts'
import { firewallOf, ownedBy, reservationOf, type World } from './sample-host.ts'

/** For tests: the world as a repair leaves it. */
export function repaired(world: World, repair: Repair): World {
  switch (repair.kind) {
    case 'detach':
      return detached(world, repair.attachment.network, repair.attachment.containerId)
    case 'replace-file':
    case 'restore-files':
      return observing(world, () => ({ lostFiles: [] }))
    case 'restore-result':
      return changed(world, 'attachments', isRef(repair), { remembered: true })
    case 'restore-record':
      return changed(world, 'attachments', isRef(repair), { recordDamaged: false, outdated: false })
    case 'remove-rules':
      return withoutRules(world, repair.network, repair.containerId)
    case 'release-address':
      return kept(
        world,
        'reservations',
        ({ reservation }) => reservation.address !== repair.reservation.address,
      )
    case 'forget-names':
      return changed(world, 'containers', ({ id }) => id === repair.id, { names: 'none' })
    case 'restore-names':
      return changed(world, 'containers', ({ id }) => id === repair.id, { names: 'known' })
    case 'forget-start':
    case 'remove-hosts':
      return kept(world, 'containers', ({ id }) => id !== repair.id)
    case 'release-name':
      return kept(world, 'names', ({ name }) => name !== repair.name)
    case 'claim-name': {
      const { namespace, name, id } = repair
      return observing(world, ({ names }) => ({ names: [...names, { namespace, name, id }] }))
    }
    case 'release-ports':
      return kept(world, 'portHolds', ({ containerId }) => containerId !== repair.containerId)
    case 'hold-ports': {
      const containerId = containerIdOf(repair)
      const hold = { containerId, sockets: [], pid: 7, alive: true, recorded: true }
      return observing(world, ({ portHolds }) => ({
        portHolds: [...portHolds.filter((each) => each.containerId !== containerId), hold],
      }))
    }
    case 'publish-ports':
      return publishing(world, containerIdOf(repair), 'does')
    case 'restore-network':
      return observing(world, ({ attachments }) => ({
        attachments: attachments.map(({ networkLost: _, ...each }) => each),
      }))
    case 'restore-kept-network':
      return observing(world, () => ({ lost: [] }))
    case 'restore-bridge': {
      const { name, addresses, mac = '' } = repair.bridge
      const rest = (links: ObservedState['links']) => links.filter((each) => each.name !== name)
      return observing(world, ({ links }) => ({
        links: [...rest(links), { name, bridge: true, up: true, addresses, mac }],
      }))
    }
    case 'restore-elements': {
      const text = attachmentText(repair.attachment)
      return observing(world, ({ table }) => ({
        table: {
          ...table,
          missing: table.missing.filter(({ attachment }) => attachmentText(attachment) !== text),
        },
      }))
    }
    case 'restore-inside':
      return observing(world, () => ({ inside: [] }))
    case 'remove-elements':
      return observing(world, ({ table }) => ({ table: { ...table, left: [], extra: [] } }))
    case 'restore-link':
      return changed(world, 'links', ({ name }) => name === repair.link, {
        ...{ up: true, master: 'br-lan' },
        ...(repair.mac && repair.port ? { mac: repair.mac, port: repair.port } : {}),
      })
    case 'reattach':
      return whole(attached(world, wantedOf(world, attachmentText(repair.attachment))))
    case 'reserve-address':
      return observing(world, ({ reservations }) => ({
        reservations: [
          ...reservations,
          reservationOf(wantedOf(world, attachmentText(repair.attachment))),
        ],
      }))
    case 'restore-masquerading':
      return withRules(world, wantedOf(world, attachmentText(repair.attachment)), 0)
    case 'restore-rules':
      return withoutFlows(
        withRules(world, wantedOf(world, attachmentText(repair.attachment)), 1),
        wantedOf(world, attachmentText(repair.attachment)),
      )
  }
}

function attached(world: World, wanted: DesiredAttachment): World {
  const link = { bridge: false, up: true, master: 'br-lan', addresses: [] }
  const linked = observing(world, ({ links }) => ({
    links: [...links, { ...link, name: wanted.hostLink ?? '' }],
  }))
  const reserved = kept(
    linked,
    'reservations',
    ({ reservation }) => reservation.address !== wanted.addresses[0]?.address,
  )
  const held = observing(reserved, ({ reservations }) => ({
    reservations: [...reservations, reservationOf(wanted)],
  }))
  return withoutFlows(withRules(withRules(held, wanted, 0), wanted, 1), wanted)
}

// Masquerading is the first mark; the plugins that make the second admit and isolate as well.
function withRules(world: World, wanted: DesiredAttachment, which: 0 | 1): World {
  const rules = ownedBy(wanted)[which]
  const whole = firewallOf([wanted])
  return onFirewall(world, (firewall) => ({
    ...firewall,
    owned: new Map([...firewall.owned, ...(rules ? [[rules.mark, rules] as const] : [])]),
    ...(which === 0
      ? {}
      : {
          admitted: new Set([...firewall.admitted, ...whole.admitted]),
          isolation: new Map([...firewall.isolation, ...whole.isolation]),
        }),
  }))
}

// portmap has the kernel forget where packets to its ports went.
function withoutFlows(world: World, { ports }: DesiredAttachment): World {
  const own = new Set(ports.map(({ hostPort }) => hostPort))
  return observing(world, ({ flows }) => ({
    flows: flows.filter((each) => !own.has(each.hostPort)),
  }))
}

function withoutRules(world: World, network: string, containerId: string): World {
  const { masquerading, ports } = marksOf(network, containerId)
  return onFirewall(world, (firewall) => ({
    ...firewall,
    owned: new Map([...firewall.owned].filter(([mark]) => mark !== masquerading && mark !== ports)),
  }))
}

function detached(world: World, network: string, containerId: string): World {
  const gone = kept(
    world,
    'attachments',
    (each) => each.network !== network || each.containerId !== containerId,
  )
  const freed = kept(
    gone,
    'reservations',
    (each) => each.network !== network || each.reservation.containerId !== containerId,
  )
  return withoutRules(freed, network, containerId)
}

// Whatever was cut short has been done.
function whole(world: World): World {
  const attachments = world.desired.attachments.map(({ cutShort: _, ...each }) => each)
  return { ...world, desired: { ...world.desired, attachments } }
}

type Lists = Pick<
  ObservedState,
  'attachments' | 'containers' | 'links' | 'names' | 'portHolds' | 'reservations'
>

function kept<K extends keyof Lists>(
  world: World,
  key: K,
  isKept: (each: Lists[K][number]) => boolean,
): World {
  const all: readonly Lists[K][number][] = world.observed[key]
  return observing(world, () => ({ [key]: all.filter(isKept) }))
}

function changed<K extends keyof Lists>(
  world: World,
  key: K,
  isMeant: (each: Lists[K][number]) => boolean,
  change: Partial<Lists[K][number]>,
): World {
  const all: readonly Lists[K][number][] = world.observed[key]
  return observing(world, () => ({
    [key]: all.map((each) => (isMeant(each) ? { ...each, ...change } : each)),
  }))
}

function isRef({
  attachment,
}: Extract<Repair, { kind: 'restore-record' | 'restore-result' }>): (
  each: ObservedState['attachments'][number],
) => boolean {
  return (each) => attachmentText(each) === attachmentText(attachment)
}

function wantedOf({ desired }: World, text: string): DesiredAttachment {
  const found = desired.attachments.find((each) => attachmentText(each) === text)
  if (found === undefined) throw new Error(`no finding is repaired by ${text}`)
  return found
}
