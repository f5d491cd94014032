/** The operations on a host, through ports: attachments, networks, containers, examination. Not for deciding (core) or acting (adapters). */
export { allocate } from './attach/allocate.ts'
export { type AttachTools, attach, checkAttachment, detach } from './attach/attach.ts'
export { cachedList } from './attach/cached-list.ts'
export { checkAll } from './attach/check-all.ts'
export { checkInterfaces, undoLeft } from './attach/check-interfaces.ts'
export { type CniRuntime, cniRuntime } from './attach/cni-runtime.ts'
export { collectGarbage } from './attach/collect-garbage.ts'
export { collectLinks, collectStage } from './attach/collect-stage.ts'
export {
  checkOthers,
  lifeOfEntry,
  livingRecords,
  recordsOf,
  refuseSecondLife,
} from './attach/container-records.ts'
export { dhcpSocket } from './attach/demand-dhcp.ts'
export { type DetachOptions, detachAll, detachEach } from './attach/detach-each.ts'
export { undoAfter } from './attach/failures.ts'
export { demandFree, type SetsOf, whyFull } from './attach/full-sets.ts'
export { holdingAttachments, holdingContainer } from './attach/holding.ts'
export { checkNamespace, lifeNow } from './attach/life.ts'
export { rememberedOnly } from './attach/membership.ts'
export { checkStatus } from './attach/network-operations.ts'
export { advance, type Step, start, stepOf } from './attach/next-step.ts'
export { attachEach, clearInterfaces } from './attach/on-host.ts'
export type { Plan, ValidAttachment } from './attach/plan.ts'
export { plannedRows } from './attach/planned-rows.ts'
export { reportLines, stepLines } from './attach/report-lines.ts'
export {
  type Attempt,
  demandDone,
  goingOn,
  inSequence,
  logSteps,
  type SequenceStep,
} from './attach/sequence.ts'
export { demandSingleSysctls } from './attach/single-sysctls.ts'
export { addStage, checkStage, delStage, type Stage, statusOfStage } from './attach/stage.ts'
export { stageRunner } from './attach/stage-runner.ts'
export { validateList } from './attach/validate-list.ts'
export { waysNow } from './attach/ways-now.ts'
export { prepareAsked, prepareAskedConfig } from './bundle/prepare-asked.ts'
export { prepareBundle } from './bundle/prepare-bundle.ts'
export { changeRules } from './change-rules.ts'
export { type AttachmentRow, listAttachments } from './container/attachment-list.ts'
export type { ContainerRow } from './container/container-filter.ts'
export { homeLife, homeOf } from './container/container-home.ts'
export {
  type ContainerDetails,
  findShown,
  inspectContainer,
} from './container/container-inspect.ts'
export { listContainers } from './container/container-list.ts'
export {
  forgetContainer,
  type RemoveOptions,
  removeContainers,
} from './container/container-remove.ts'
export { renameContainer } from './container/container-rename.ts'
export type { KnownTools } from './container/container-state.ts'
export { type PortRow, portRows } from './container/port-answers.ts'
export { publishedPorts } from './container/published-ports.ts'
export { type Octets, readTraffic, type Traffic } from './container/traffic.ts'
export { watchForeign } from './container/watch-foreign.ts'
export { converge, type Outcome } from './converge.ts'
export { mendLeftResolver } from './dns/mend-left-resolver.ts'
export { type AttachedContainer, nameLeasedResolvers } from './dns/name-leased-resolvers.ts'
export { type QueryRow, queryDns } from './dns/query-dns.ts'
export type { QuestionRow } from './dns/question-log.ts'
export { type Resolver, startResolver } from './dns/run-resolver.ts'
export { newSignal } from './dns/signal.ts'
export { type DoctorTools, forDoctor } from './doctor/doctor-tools.ts'
export { examine } from './doctor/examine.ts'
export type { HostState } from './doctor/observe.ts'
export { heal, type RepairHooks, type RepairOutcome, repair } from './doctor/repair.ts'
export { repairEvent } from './doctor/repair-event.ts'
export { restoreTable } from './doctor/restore-table.ts'
export {
  type FindingRow,
  findingRow,
  outcomeRow,
  plannedRow,
  type RepairRow,
} from './doctor/rows.ts'
export { refusalOf } from './doctor/scope.ts'
export { emitAttached, emitReleased } from './emit-events.ts'
export { containersIn, inNamespace } from './in-namespace.ts'
export { type HostInfo, hostInfo } from './info/host-info.ts'
export { listReservations, type ReservationRow, reservationRow } from './network/ipam-list.ts'
export { ipamPlaces, type PlacedReservation, reservationsAt } from './network/ipam-places.ts'
export { type ReleaseRequest, releaseReservations } from './network/ipam-release.ts'
export type { ConnectRequest, NetworkAndContainer } from './network/joining.ts'
export { connectContainer, planConnect } from './network/network-connect.ts'
export {
  type CreatedNetwork,
  createNetwork,
  ensureDefaultNetwork,
  type PlannedNetwork,
  planNetwork,
} from './network/network-create.ts'
export * from './network/network-disconnect.ts'
export { applyImport, type ImportRow, planImport } from './network/network-import.ts'
export { type InspectMode, inspectNetworks } from './network/network-inspect.ts'
export { listNetworks, type NetworkRow } from './network/network-list.ts'
export { unusedNetworks } from './network/network-prune.ts'
export { pruneNetworks, type RemovedNetworks, removeNetworks } from './network/network-remove.ts'
export { missingNetworks, networksNotFound } from './network/one-network.ts'
export { planRemovals } from './network/plan-removals.ts'
export type { ManageTools } from './network/tools.ts'
export { wantedNetworks, wholeNetworks } from './network/wanted-networks.ts'
export { wholeList } from './network/whole-list.ts'
export { installHooks } from './plugins/install-hooks.ts'
export { installPlugins } from './plugins/install-plugins.ts'
export { listPlugins, type PluginRow } from './plugins/list-plugins.ts'
export { removeEffects } from './remove-effects.ts'
export { forwardingHolder } from './rootless/forwarding-holder.ts'
export { insidePorts } from './rootless/inside-ports.ts'
export { type RootlessRow, rootlessCheck } from './rootless/rootless-check.ts'
export { loadSettings, parseToml } from './settings/load-settings.ts'
