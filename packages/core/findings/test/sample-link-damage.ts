import type { ObservedState } from '../src/observed-state.ts'
import { observing } from './sample-change.ts'
import type { Damage } from './sample-damage.ts'

/** For tests: what goes wrong with interfaces of the host, and the finding that reports it. */
export const linkDamages: Readonly<
  Record<string, { readonly kind: string; readonly damage: Damage }>
> = {
  'the bridge is gone': {
    kind: 'bridge-missing',
    damage: (world) =>
      observing(world, ({ links }) => ({
        links: links.filter(({ name }) => name !== 'br-lan').map(({ master: _, ...link }) => link),
      })),
  },
  'the bridge has no address': {
    kind: 'bridge-address-missing',
    damage: onLink(() => 'br-lan', { addresses: [] }),
  },
  'the bridge answers no ARP': {
    kind: 'bridge-changed',
    damage: onLink(() => 'br-lan', { noArp: true }),
  },
  'the bridge is down': { kind: 'bridge-down', damage: onLink(() => 'br-lan', { up: false }) },
  'the host takes nothing for the address of the bridge': {
    kind: 'bridge-route-missing',
    damage: onLink(() => 'br-lan', { deafAt: ['10.4.1.1/24'] }),
  },
  'the bridge has another MAC': {
    kind: 'bridge-changed',
    damage: onLink(() => 'br-lan', { mac: '02:00:00:00:00:99' }),
  },
  'its link has another MAC': {
    kind: 'interface-changed',
    damage: onLink((at) => `veth${at}`, { mac: '02:00:00:00:00:99' }),
  },
  'its link sends back what came by it': {
    kind: 'interface-changed',
    damage: onLink((at) => `veth${at}`, { port: { hairpin: true, isolated: false } }),
  },
  'its link is isolated from others': {
    kind: 'interface-changed',
    damage: onLink((at) => `veth${at}`, { port: { hairpin: false, isolated: true } }),
  },
  'its link is down': {
    kind: 'interface-loose',
    damage: onLink((at) => `veth${at}`, { up: false }),
  },
  'its link is gone': {
    kind: 'interface-missing',
    damage: (world, at) =>
      observing(world, ({ links }) => ({
        links: links.filter(({ name }) => name !== `veth${at}`),
      })),
  },
}

function onLink(
  nameOf: (at: number) => string,
  change: Partial<ObservedState['links'][number]>,
): Damage {
  return (world, at) =>
    observing(world, ({ links }) => ({
      links: links.map((each) => (each.name === nameOf(at) ? { ...each, ...change } : each)),
    }))
}
