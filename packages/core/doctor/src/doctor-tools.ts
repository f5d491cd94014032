import type { IpamStore, SignsOfLife } from '@vethra/ipam'
import type { ConfFile } from '@vethra/networks'
import type { HostTools } from '@vethra/plan'

/** All that a doctor looks and acts with: adapters that are handed in. */
export interface DoctorTools {
  readonly host: HostTools
  /** The containerd namespaces that DATA_STORE or the conf list folder know, `default` included. */
  namespaces(): Promise<readonly string[]>
  /** What belongs to one of them. */
  inNamespace(namespace: string): NamespaceTools
  /** The reservations below a `dataDir`. */
  ipam(dataDir: string): IpamStore
  /** Containers that may still live, ours and others'. */
  signsOfLife(): Promise<SignsOfLife>
  readonly clock: Clock
}

/** What one containerd namespace holds. */
export interface NamespaceTools {
  readonly networks: { list(): Promise<readonly ConfFile[]> }
  readonly containers: { list(): Promise<readonly string[]> }
}

/** Time, as it is handed in. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  sleep(ms: number): Promise<void>
}
