import type {
  Clock,
  ConfDir,
  ContainerStore,
  HostsFolders,
  HostsStore,
  IpamStore,
  Kernel,
  Memory,
  OtherSigns,
  PortHolder,
  WatchedFolder,
} from '@vethra/world'
import type { HostTools } from '../attach/host-tools.ts'

/** All that a doctor looks and acts with: adapters that are handed in. */
export interface DoctorTools {
  readonly host: HostTools
  readonly kernel: Kernel
  /** The containerd namespaces that DATA_STORE knows, `default` included. */
  namespaces(): Promise<readonly string[]>
  /** The files of one container. */
  inNamespace(namespace: string): Promise<NamespaceTools>
  /** The reservations below a `dataDir`. */
  ipam(dataDir: string): Promise<IpamStore>
  /** The port holder. */
  readonly ports: PortHolder
  /** Containers that may still live, ours and others', as far as caches and records do not tell. */
  otherSigns(): Promise<OtherSigns>
  /** All that is remembered of attachments. */
  memory(): Promise<Memory>
  /** Where state is kept. */
  readonly folders: readonly WatchedFolder[]
  readonly clock: Clock
}

/** The content of one containerd namespace. */
export interface NamespaceTools {
  readonly networks: Pick<ConfDir, 'list'>
  readonly containers: Pick<
    ContainerStore,
    'list' | 'read' | 'heldNames' | 'claimName' | 'releaseName'
  >
  readonly hosts: HostsStore & HostsFolders
}
