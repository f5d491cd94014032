import type { BundleRecord } from '@vethra/container'
import type { Network } from '@vethra/networks'
import type { State } from '@vethra/state'
import type {
  ConfDir,
  ContainerStore,
  Files,
  HostFacts,
  HostsFolders,
  HostsStore,
  Kernel,
  WatchedFolder,
  World,
} from '@vethra/world'
import type { HostTools } from '../attach/host-tools.ts'
import type { ResolverState } from '../dns/resolver-state.ts'
import type { NativeAttachment } from './native-effects.ts'

/** All that a doctor looks and acts with: adapters that are handed in. */
export interface DoctorTools
  extends Pick<World, 'namespaces' | 'ipam' | 'ports' | 'memory' | 'clock' | 'lockNow'> {
  readonly host: HostTools
  readonly kernel: Kernel
  /** The files of one containerd namespace. */
  inNamespace(namespace: string): Promise<NamespaceTools>
  readonly files: Pick<Files, 'write' | 'remove'>
  /** Writes what is mounted into a container, as when it was prepared. Throws CniError 5. */
  writeMounted(namespace: string, record: BundleRecord, known: readonly Network[]): Promise<unknown>
  /** Reads the elements and settings of an attachment on the host, as native plugins made them. */
  readonly effectsOf: (native: NativeAttachment) => State
  readonly otherSigns: HostFacts['otherSigns']
  /** Whether it looks at all files of state, and not at folders alone. */
  readonly looksWithin: boolean
  /** Whether it looks inside of so many containers: what is changed there may be meant, and takes a visit of each. */
  readonly looksInside: (attachments: number) => boolean
  /** The resolver that runs. Default: none does. */
  readonly resolver?: () => Promise<ResolverState | undefined>
  /** The folders that state is kept in. */
  readonly folders: readonly WatchedFolder[]
}

/** The content of one containerd namespace. */
export interface NamespaceTools {
  readonly networks: Pick<ConfDir, 'list' | 'create' | 'kept' | 'restore' | 'exclusively'>
  readonly containers: Pick<
    ContainerStore,
    'folder' | 'list' | 'read' | 'heldNames' | 'claimName' | 'releaseName'
  >
  readonly hosts: HostsStore & HostsFolders
}
