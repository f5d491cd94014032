import { confError } from '@vethra/cni'
import type { Driver } from '../options.ts'
import type { ReadOptions } from './docker-options.ts'
import { lost, lostOptions, withoutDefaultRoute } from './foreign-network.ts'

const equals: Readonly<Record<Driver, readonly string[]>> = {
  bridge: ['mtu'],
  macvlan: ['mtu', 'mode'],
  ipvlan: ['mtu', 'mode'],
}

const reasons: Readonly<Record<string, string>> = {
  isolate: 'each bridge network is kept apart from the others anyway',
  vlan: 'a bridge of Vethra has no VLANs',
  metric: 'default routes have no metric',
}

/** A Podman network's driver options and interface. Throws CniError 7 for a bridge that it does not manage, a VRF, or no default route. */
export function readPodmanOptions(
  driver: Driver,
  given: Readonly<Record<string, string>>,
  device: string,
): ReadOptions {
  checkBridgeMode(driver, given['mode'])
  checkClosed(given)
  // It is false here, as without it.
  const entries = Object.entries(given).filter(([key]) => key !== 'no_default_route')
  const isEqual = ([key]: readonly [string, string]) => equals[driver].includes(key)
  const parent = driver === 'bridge' || device === '' ? [] : [['parent', device] as const]
  const others = entries.filter((each) => !isEqual(each) && each[0] !== 'mode')
  return {
    options: Object.fromEntries([...entries.filter(isEqual), ...parent]),
    lost: [...bridgeLost(driver, device), ...lostOptions('options', others, reasons)],
  }
}

function checkBridgeMode(driver: Driver, mode = 'managed'): void {
  if (driver !== 'bridge' || mode === 'managed') return
  throw confError(
    `bridge mode ${JSON.stringify(mode)} has no equal`,
    'Use a macvlan on the interface that is the port of that bridge.',
  )
}

function checkClosed({ vrf = '', no_default_route = 'false' }: Readonly<Record<string, string>>) {
  if (vrf !== '') throw confError(`vrf ${JSON.stringify(vrf)} has no equal`)
  if (no_default_route !== 'false') throw withoutDefaultRoute()
}

// Podman's own choice is podman1, podman2, …: nobody relies on it.
function bridgeLost(driver: Driver, device: string): ReadOptions['lost'] {
  if (driver !== 'bridge' || /^(podman\d+)?$/.test(device)) return []
  return [lost('network_interface', device, 'Vethra chooses the name of the bridge')]
}
