import type { Settings } from '@vethra/settings'
import type {
  ConfDir,
  ContainerStore,
  Files,
  HostFacts,
  HostsStore,
  IpamStore,
  World,
} from '@vethra/world'
import type { HostTools } from '../attach/host-tools.ts'

/** The parts that manage networks and containers of one namespace. */
export interface ManageTools extends Pick<World, 'ports'> {
  readonly settings: Settings
  readonly host: HostTools
  readonly networks: ConfDir
  readonly containers: ContainerStore
  readonly hosts: HostsStore
  /** Reservations in a dataDir: the default one, or that which a conf list names. */
  readonly ipamAt: (dataDir: string) => Promise<IpamStore>
  readonly effects: HostFacts
  /** The files config.json of bundles, and those beside the mounted files of containers. */
  readonly files: Pick<Files, 'read' | 'rewrite' | 'write' | 'realPath'>
}
