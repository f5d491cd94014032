import { networkNames } from './network-names.ts'
import { noPreparedAnswers } from './prepared-answers.ts'
import type { NetworkNames, Zone } from './zone.ts'
import type { ZoneContainer, ZoneNetwork } from './zone-input.ts'
import { addContainer, removeContainer } from './zone-members.ts'

/** Networks and containers that have come, have changed or are gone. */
interface ZoneChange {
  /** All networks, in their order. Default: those that there are. */
  readonly networks?: readonly ZoneNetwork[]
  /** By id; undefined for one that is gone. */
  readonly containers: ReadonlyMap<string, ZoneContainer | undefined>
  /** As in ZoneInput. */
  readonly serial: number
}

/** A zone after a change, as `makeZone` would make it, in place: the given one must not be asked any more. */
export function changeZone(zone: Zone, { networks, containers, serial }: ZoneChange): Zone {
  const known = networks === undefined ? zone.networks : networksAfter(zone, networks)
  const changed = new Map([...containersIn(zone, known), ...containers])
  for (const id of changed.keys()) removeContainer(zone, id)
  const after: Zone = {
    ...zone,
    networks: known,
    serial,
    views: new Map(),
    sharedViews: new Map(),
    prepared: noPreparedAnswers(),
  }
  for (const container of changed.values()) if (container) addContainer(after, container)
  return after
}

function networksAfter(
  zone: Zone,
  networks: readonly ZoneNetwork[],
): ReadonlyMap<string, NetworkNames> {
  return new Map(
    networks.map((each) => {
      const before = zone.networks.get(each.name)
      const isSame = JSON.stringify(before?.network) === JSON.stringify(each)
      return [each.name, isSame && before ? before : networkNames(each)] as const
    }),
  )
}

// The containers of networks that are others now.
function containersIn(
  zone: Zone,
  after: ReadonlyMap<string, NetworkNames>,
): readonly (readonly [string, ZoneContainer])[] {
  if (after === zone.networks) return []
  const names = new Set([...zone.networks.keys(), ...after.keys()])
  const others = [...names].filter((name) => zone.networks.get(name) !== after.get(name))
  if (others.length === 0) return []
  return [...zone.containers].filter(([, { networks }]) =>
    others.some((name) => networks[name] !== undefined),
  )
}
