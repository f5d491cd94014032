import type { Json } from '@vethra/cni'
import type { PortHolder } from '@vethra/container'
import type { IpamStore, SignsOfLife } from '@vethra/ipam'
import type { ObservedName } from '@vethra/model'
import type { HostsStore } from '@vethra/names'
import type { ConfFile } from '@vethra/networks'
import type { AttachmentRecord } from '../attach/attachment-records.ts'
import type { HostTools } from '../attach/on-host.ts'
import type { CachedAttachment } from '../attach/result-cache.ts'
import type { Kernel } from './kernel.ts'

/** All that a doctor looks and acts with: adapters that are handed in. */
export interface DoctorTools {
  readonly host: HostTools
  readonly kernel: Kernel
  /** The containerd namespaces that DATA_STORE knows, `default` included. */
  namespaces(): Promise<readonly string[]>
  /** The files of one container. */
  inNamespace(namespace: string): NamespaceTools
  /** The reservations below a `dataDir`. */
  ipam(dataDir: string): IpamStore
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

/** The folders that hosts files are in. */
export interface HostsFolders {
  /** Every folder of a container, ascending by id, and what its peers know of it. */
  folders(): Promise<readonly HostsFolder[]>
}

/** The folder of one container's hosts file. */
export interface HostsFolder {
  readonly id: string
  readonly names: 'none' | 'known' | 'damaged'
  /** Whether it is known without being in a network. */
  readonly withoutNetworks: boolean
}

/** Signs of life that neither caches nor records give. */
export type OtherSigns = Pick<SignsOfLife, 'known' | 'namespaces' | 'running'>

/** The memory of attachments, whichever runtime made them. */
export interface Memory {
  readonly records: readonly AttachmentRecord[]
  readonly cached: readonly CachedAttachment[]
  readonly damaged: readonly DamagedFile[]
}

/** A file of ours, or of libcni, that is damaged. */
export interface DamagedFile {
  readonly of: 'record' | 'result'
  /** Absolute path; its last part is made of network, container id and ifname. */
  readonly file: string
}

/** A folder that state is kept in. */
export interface WatchedFolder {
  readonly path: string
  /** Whether what is in it is meant to outlive a boot. */
  readonly lasting: boolean
}

/** Time, as it is handed in. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  sleep(ms: number): Promise<void>
}
