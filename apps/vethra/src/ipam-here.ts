import { diskIpamStore } from '@vethra/ipam-disk'
import { flockLock } from '@vethra/lock-flock'
import type { IpamStore } from '@vethra/world'
import { runtime } from './folders-here.ts'

/** The reservations below a `dataDir` of this host. */
export function ipamHere(dataDir: string): IpamStore {
  const lock = flockLock({ removeBelow: runtime })
  return diskIpamStore({ dataDir, lock, indexDir: `${runtime}/ipam` })
}
