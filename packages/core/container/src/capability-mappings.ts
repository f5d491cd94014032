import type { JsonObject } from '@vethra/cni'
import type { PortMapping } from './port-mapping.ts'

/** The capability arg `portMappings`, as the CNI conventions spell it. */
export function capabilityMappings(mappings: readonly PortMapping[]): readonly JsonObject[] {
  return mappings.map(({ hostPort, containerPort, protocol, hostIP }) => ({
    hostPort,
    containerPort,
    protocol,
    hostIP,
  }))
}
