/**
 * Networks and containers, and what is done with them: create, list, inspect, connect, disconnect,
 * remove, over stores and host effects that are handed in. Results are the objects that `--format
 * json` prints. Not for reading what a user typed, nor for printing.
 */
export { type AttachmentRow, listAttachments } from './attachment-list.ts'
export { type ContainerDetails, findContainer, inspectContainer } from './container-inspect.ts'
export { type ContainerRow, listContainers } from './container-list.ts'
export { type RemovedContainers, type RemoveOptions, removeContainers } from './container-remove.ts'
export { renameContainer } from './container-rename.ts'
export {
  type ContainerState,
  type KnownContainer,
  readContainer,
  readContainers,
} from './container-state.ts'
export type {
  ContainerFiles,
  ContainerStore,
  HookEvent,
  HookLogs,
  StateFile,
  TakenNames,
} from './container-store.ts'
export type { HostEffects, LinkCounters, UsedByHost } from './host-effects.ts'
export { listReservations, type ReservationRow, reservationRow } from './ipam-list.ts'
export {
  type IpamPlace,
  ipamPlaces,
  type PlacedReservation,
  reservationsAt,
} from './ipam-places.ts'
export { type ReleaseRequest, releaseReservations } from './ipam-release.ts'
export { type ConnectOptions, connectContainer } from './network-connect.ts'
export {
  type CreatedNetwork,
  createNetwork,
  type DefaultNetworkTools,
  ensureDefaultNetwork,
  plannedDefaultNetwork,
} from './network-create.ts'
export { disconnectContainer } from './network-disconnect.ts'
export { type InspectedNetworks, type InspectMode, inspectNetworks } from './network-inspect.ts'
export { listNetworks, type NetworkRow } from './network-list.ts'
export { unusedNetworks } from './network-prune.ts'
export { removeNetworks } from './network-remove.ts'
export { containerLabels, recordsOfAll } from './network-users.ts'
export { networksNotFound } from './one-network.ts'
export { publishedPorts } from './published-ports.ts'
export type { ManageTools } from './tools.ts'
export {
  type ContainerTraffic,
  type NetworkTraffic,
  type Octets,
  readTraffic,
  type Traffic,
} from './traffic.ts'
