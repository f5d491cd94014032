import type { Json } from '@vethra/cni'
import type { ObservedName } from '@vethra/findings'
import type { ConfFile } from '@vethra/networks'
import type {
  Clock,
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
  readonly networks: { list(): Promise<readonly ConfFile[]> }
  readonly containers: KnownContainers
  readonly hosts: HostsStore & HostsFolders
}

/** The containers of one namespace, as far as a doctor cares. */
export interface KnownContainers {
  /** The ids that have a folder, ascending. */
  list(): Promise<readonly string[]>
  /**
   * The content of a container's file; undefined when it is missing. Throws CniError 107 when it is
   * damaged.
   */
  read(id: string, file: 'lifecycle.json' | 'vethra.json'): Promise<Json | undefined>
  /** The reserved names, ascending; those without a holder are left out. */
  heldNames(): Promise<readonly Omit<ObservedName, 'namespace'>[]>
  /** Takes a name for an id. Throws CniError 102 when another id holds it. */
  claimName(name: string, id: string): Promise<void>
  /** Gives a name back. A name that is free or another id's is left alone. */
  releaseName(name: string, id: string): Promise<void>
}
