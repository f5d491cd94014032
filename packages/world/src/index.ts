/** Every port that the engine needs of a host, as types alone: the one thing that the author of an adapter imports. */
export type {
  AddressInside,
  Applied,
  ApplyOptions,
  AttachmentKernel,
  FailedChange,
  MarkedLink,
  SeenInside,
  StrangeEntry,
} from './attachment-kernel.ts'
export type { AttachmentRecord, AttachmentRecords } from './attachment-records.ts'
export type { Clock } from './clock.ts'
export type { ConfDir } from './conf-dir.ts'
export type {
  ContainerFiles,
  ContainerStore,
  HookEvent,
  HookLogs,
  StateFile,
  TakenNames,
} from './container-store.ts'
export type {
  DnsAsking,
  DnsHearer,
  DnsListener,
  DnsQuery,
  DnsReply,
  DnsSockets,
  LineSink,
} from './dns-sockets.ts'
export type { Events, EventsAfter, EventWatch } from './events.ts'
export type { FileMode, Files } from './files.ts'
export type { Hearer, Here } from './here.ts'
export type {
  HostFacts,
  LinkCounters,
  ListeningPort,
  SocketHolder,
  UsedByHost,
} from './host-facts.ts'
export type { DeletedMount, Kernel, KernelFacts, SeenNetwork } from './host-kernel.ts'
export type { HostsFolder, HostsFolders, HostsStore } from './hosts-store.ts'
export type { Io } from './io.ts'
export type { IpamStore } from './ipam-store.ts'
export type { Lock } from './lock.ts'
export type { DamagedFile, Memory, OtherSigns } from './memory.ts'
export type { LinkInside, NamedLink, NamespaceFacts, SeenInterface } from './namespace-facts.ts'
export type { PluginFile, PluginFolders } from './plugin-folders.ts'
export type { PluginReport, PluginRunner, StageCall } from './plugin-runner.ts'
export type { HoldRequest, PortHolder, PortReservation } from './port-holder.ts'
export type { CachedAttachment, ResultCache } from './result-cache.ts'
export type { BypassDaemon, RootlessKit, UserFacts } from './rootless-kit.ts'
export type { MasqueradeTable, RuleSets } from './rule-sets.ts'
export type { HostWatch, Service, WatchHearer } from './service.ts'
export type { StageWorld } from './stage-world.ts'
export type { LeasedInterface, Lists, StepLog, WatchedFolder, World } from './world.ts'
