import type { Driver } from '../options.ts'
import type { ReadOptions } from './docker-options.ts'
import { lost, lostOptions, unreadable } from './foreign-network.ts'

const equals: Readonly<Record<Driver, readonly string[]>> = {
  bridge: ['mtu'],
  macvlan: ['mtu', 'mode'],
  ipvlan: ['mtu', 'mode'],
}

const reasons: Readonly<Record<string, string>> = {
  isolate: 'each bridge network is kept apart from the others anyway',
  vlan: 'a bridge of Vethra has no VLANs',
  metric: 'default routes have no metric',
  no_default_route: 'use --internal for a network without a default route',
  vrf: 'bridges are in no VRF',
}

/**
 * The driver options of a Podman network, and its `network_interface`: a bridge's name, or the parent. Throws CniError 7 for a
 * bridge that Podman does not manage.
 */
export function readPodmanOptions(
  driver: Driver,
  given: Readonly<Record<string, string>>,
  device: string,
): ReadOptions {
  const entries = Object.entries(given)
  if (driver === 'bridge' && given['mode'] !== undefined && given['mode'] !== 'managed') {
    throw unreadable(
      `bridge mode ${JSON.stringify(given['mode'])} has no equal`,
      'Use a macvlan on the interface that is the port of that bridge.',
    )
  }
  const isEqual = ([key]: readonly [string, string]) => equals[driver].includes(key)
  const parent = driver === 'bridge' || device === '' ? [] : [['parent', device] as const]
  const others = entries.filter((each) => !isEqual(each) && each[0] !== 'mode')
  return {
    options: Object.fromEntries([...entries.filter(isEqual), ...parent]),
    lost: [...bridgeLost(driver, device), ...lostOptions('options', others, reasons)],
  }
}

// Podman's own choice is podman1, podman2, …: nobody relies on it.
function bridgeLost(driver: Driver, device: string): ReadOptions['lost'] {
  if (driver !== 'bridge' || /^(podman\d+)?$/.test(device)) return []
  return [lost('network_interface', device, 'Vethra chooses the name of the bridge')]
}
