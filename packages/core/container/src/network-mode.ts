import { type CniError, usageError } from '@vethra/cni'
import type { NetworkRequest } from './request.ts'

/** How a container gets its network namespace: from CNI networks, or one of the four that use none. */
export type NetworkMode = 'cni' | 'none' | 'host' | 'container' | 'ns'

/** The one mode of all requests; `cni` for none. Throws CniError 103 when they mix modes or join two namespaces. */
export function networkMode(requests: readonly NetworkRequest[]): NetworkMode {
  const modes = requests.map((request) => refMode(request.ref))
  const mode = modes[0] ?? 'cni'
  const other = modes.find((each) => each !== mode)
  if (other) {
    throw usageError(
      `mixed network types: ${mode} and ${other}`,
      'Give networks by name, or one of none, host, container:ID and ns:PATH alone.',
    )
  }
  const refs = new Set(requests.map((request) => request.ref))
  if (mode !== 'cni' && refs.size > 1) throw onlyOne(mode)
  return mode
}

/** The mode that one reference names. Only the part before the first colon counts, as in nerdctl. */
export function refMode(ref: string): NetworkMode {
  const [head] = ref.split(':', 1)
  return head === 'none' || head === 'host' || head === 'container' || head === 'ns' ? head : 'cni'
}

function onlyOne(mode: NetworkMode): CniError {
  const value = mode === 'container' ? 'container:<container>' : mode === 'ns' ? 'ns:<path>' : mode
  return usageError(
    `conflicting options: exactly one network specification is allowed when using '--network=${value}'`,
    'Give --network once.',
  )
}
