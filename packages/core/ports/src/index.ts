/**
 * Published ports: the grammar of `-p`, the choice of free ports, conflicts, and the forms in which
 * mappings are stored, sent and shown. Not for looking at sockets or rules: the caller says what is taken.
 */
export { assignPorts, type PortFacts } from './assign-ports.ts'
export { brokenPromises } from './broken-promises.ts'
export { capabilityMappings } from './capability-mappings.ts'
export { checkHostIps } from './check-host-ips.ts'
export type { HeldMapping, ListeningSocket } from './claims.ts'
export { formatPorts } from './format-ports.ts'
export { formatSocket, type HeldSocket, heldSockets, readSocket } from './held-sockets.ts'
export type { HoldRequest, PortHold, PortHolder, PortReservation } from './port-holder.ts'
export type { PortMapping, Protocol } from './port-mapping.ts'
export { type PortRequest, type PortSpan, parsePortSpec, parsePortSpecs } from './port-spec.ts'
export { parseStoredMappings, type StoredMapping, storedMappings } from './stored-mappings.ts'
