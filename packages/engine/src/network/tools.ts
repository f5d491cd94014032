import type { Settings } from '@vethra/settings'
import type {
  BundleFiles,
  ConfDir,
  ContainerStore,
  HostEffects,
  HostsStore,
  IpamStore,
  PortHolder,
} from '@vethra/world'
import type { HostTools } from '../attach/on-host.ts'

/** The parts that manage networks and containers of one namespace. */
export interface ManageTools {
  readonly settings: Pick<Settings, 'namespace' | 'addressPools' | 'bridgeIp' | 'cniPath'>
  readonly host: HostTools
  readonly networks: ConfDir
  readonly containers: ContainerStore
  readonly hosts: HostsStore
  /** The holder of published ports while containers live. */
  readonly ports: PortHolder
  /** Reservations in the default dataDir. */
  readonly ipam: IpamStore
  /** Reservations in the dataDir that a conf list names. */
  readonly ipamAt: (dataDir: string) => IpamStore
  readonly effects: HostEffects
  /** Files config.json of bundles. */
  readonly files: BundleFiles
}
