import { makeZone } from '../src/make-zone.ts'
import type { Zone } from '../src/zone.ts'
import type { ZoneContainer, ZoneInput } from '../src/zone-input.ts'

/** A container of one network, its id made of one digit. */
export function container(
  digit: string,
  name: string,
  rest: Partial<ZoneContainer> = {},
): ZoneContainer {
  const lan = { addresses: [`10.4.0.${Number.parseInt(digit, 16) + 1}/24`], aliases: [] }
  return {
    id: digit.repeat(64),
    name,
    hostname: digit.repeat(12),
    networks: { lan },
    ports: [],
    extraHosts: [],
    ...rest,
  }
}

/** Networks lan and dev, the internal one `vault`, and the containers given. */
export function lanZone(containers: readonly ZoneContainer[], rest: Partial<ZoneInput> = {}): Zone {
  return makeZone({
    networks: [
      { name: 'lan', isInternal: false, subnets: ['10.4.0.0/24', 'fd00:4::/64'] },
      { name: 'dev', isInternal: false, subnets: ['10.5.0.0/16'] },
      { name: 'vault', isInternal: true, subnets: ['10.6.0.0/20'] },
    ],
    containers,
    ...rest,
  })
}
