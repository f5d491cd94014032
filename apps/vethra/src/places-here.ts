import type { LockPlaces } from '@vethra/cni'
import { resolveAddress } from '@vethra/linux'
import { dataStorePath, type Settings } from '@vethra/settings'
import { runtime } from './folders-here.ts'

/** The folders of locks, by the settings. */
export function placesHere({ cniNetconfpath, cniCache, dataRoot, address }: Settings): LockPlaces {
  let dataStore: string | undefined
  return {
    netconf: cniNetconfpath,
    // Resolving the address costs half a millisecond, and single CNI operations do not ask.
    get dataStore() {
      dataStore ??= dataStorePath(dataRoot, resolveAddress(address))
      return dataStore
    },
    runtime,
    networks: `${cniCache}/networks`,
  }
}
