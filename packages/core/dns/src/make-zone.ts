import { networkNames } from './network-names.ts'
import { noPreparedAnswers } from './prepared-answers.ts'
import type { Zone } from './zone.ts'
import type { ZoneInput } from './zone-input.ts'
import { addContainer } from './zone-members.ts'

/** The zone of a host's networks and running containers. */
export function makeZone(input: ZoneInput): Zone {
  const zone: Zone = {
    serial: input.serial ?? 1,
    networks: new Map(input.networks.map((each) => [each.name, networkNames(each)])),
    containers: new Map(),
    members: new Map(),
    views: new Map(),
    sharedViews: new Map(),
    prepared: noPreparedAnswers(),
  }
  for (const each of input.containers) addContainer(zone, each)
  return zone
}
