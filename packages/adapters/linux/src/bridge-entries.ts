import { present } from '@vethra/cni'
import type { ObservedBridgeEntry } from '@vethra/findings'
import { runProgram } from '@vethra/plugin-exec/programs'
import { parseIpJson } from './ip-json.ts'

interface FdbEntry {
  readonly mac: string
  readonly ifname: string
  /** The bridge; absent where it is the interface's own. */
  readonly master?: string
  readonly vlan?: number
  /** `permanent` for the host itself, `static`, or empty where it was learned. */
  readonly state: string
}

/** The entries of bridges that were made, and not learned; none without bridge(8). */
export async function bridgeEntries(): Promise<readonly ObservedBridgeEntry[]> {
  const outcome = await runProgram('bridge', ['-j', 'fdb', 'show'], '')
  if (outcome?.status !== 0) return []
  return parseIpJson<FdbEntry>(outcome.stdout).flatMap(({ mac, ifname, master, vlan, state }) =>
    master === undefined || (state !== 'static' && state !== 'permanent')
      ? []
      : {
          bridge: master,
          device: ifname,
          mac,
          isLocal: state === 'permanent',
          ...present({ vlan }),
        },
  )
}
