import type { PortHolder } from '@vethra/container'
import type { IpamStore } from '@vethra/ipam'
import type { HostsStore } from '@vethra/names'
import type { ConfDir } from '@vethra/networks'
import type { Settings } from '@vethra/settings'
import type { HostTools } from '../attach/on-host.ts'
import type { ContainerStore } from '../container/container-store.ts'
import type { HostEffects } from './host-effects.ts'

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

/** Reads and writes files of others. */
interface BundleFiles {
  /** The text of a regular file; undefined when there is none. Throws CniError 5. */
  read(file: string): Promise<string | undefined>
  /** Replaces a file whole, and keeps its mode. Throws CniError 5. */
  write(file: string, text: string): Promise<void>
}
