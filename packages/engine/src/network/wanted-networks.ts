import type { NetworkRequest, WantedNetwork } from '@vethra/container'
import { findNetwork, type Network, wantedAddresses } from '@vethra/networks'
import type { ConfDir } from '@vethra/world'
import { wholeList } from './whole-list.ts'

/** The networks that a container asks for, in that order, without drop-ins; a missing one has no list. */
export function wantedNetworks(
  known: readonly Network[],
  asked: readonly NetworkRequest[],
): readonly WantedNetwork[] {
  return asked.map((each) => wantedIn(findNetwork(known, each.ref), each))
}

/** As `wantedNetworks`, with the drop-in plugins of each conf list. Throws CniError 7 for a drop-in that cannot be used. */
export async function wholeNetworks(
  folder: Pick<ConfDir, 'dropIns'>,
  known: readonly Network[],
  asked: readonly NetworkRequest[],
): Promise<readonly WantedNetwork[]> {
  return Promise.all(
    asked.map(async (each) => {
      const found = findNetwork(known, each.ref)
      const wanted = wantedIn(found, each)
      return found === undefined ? wanted : { ...wanted, list: await wholeList(folder, found) }
    }),
  )
}

function wantedIn(found: Network | undefined, asked: NetworkRequest): WantedNetwork {
  const { ref, macAddress } = asked
  return {
    name: found?.name ?? ref,
    list: found?.list,
    ...wantedAddresses(found, asked),
    ...(macAddress === undefined ? {} : { macAddress }),
  }
}
