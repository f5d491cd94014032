import { claimTable } from './claim-table.ts'
import { type HeldMapping, mappingClaim } from './claims.ts'
import { joinHostPort, type PortMapping } from './port-mapping.ts'

/** Sentences without a full stop on mappings that a stopped container will publish, too. Empty when there are none. */
export function brokenPromises(
  mappings: readonly PortMapping[],
  promised: readonly HeldMapping[],
): readonly string[] {
  const table = claimTable(promised.map(mappingClaim))
  return mappings.flatMap(({ hostIP, hostPort, protocol }) => {
    const holder = table.holder(protocol, hostIP, hostPort)
    if (holder === undefined) return []
    return [
      `${joinHostPort(hostIP, hostPort)}/${protocol} is that of ${holder}, too, which does not run: only one of the two can`,
    ]
  })
}
