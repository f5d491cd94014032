import { passes } from '@vethra/cni'
import { checkHostname } from '@vethra/names'
import { utsLength } from './check-request.ts'
import type { NetworkMode } from './network-mode.ts'
import type { BundlePlaces } from './places.ts'
import type { BundleRequest } from './request.ts'

/** The hostname of a container: none in the host's UTS namespace, the joined one's, the one requested, the host's own, or 12 characters of the id. */
export function hostnameOf(
  request: BundleRequest,
  mode: NetworkMode,
  places: BundlePlaces,
): string {
  if (request.utsHost) return ''
  if (request.hostname !== undefined) return request.hostname
  if (mode === 'container' && places.joined?.hostname === '') return ''
  const inherited = inheritedHostname(mode, places)
  return isHostname(inherited) ? inherited : defaultHostname(request.id)
}

/** Whether a container may have the hostname without having asked for it: none, or the default one. */
export function isOwnHostname(id: string, hostname: string): boolean {
  return hostname === '' || hostname === defaultHostname(id)
}

function inheritedHostname(mode: NetworkMode, places: BundlePlaces): string {
  if (mode === 'container') return places.joined?.hostname ?? ''
  return mode === 'host' || mode === 'ns' ? (places.hostHostname ?? '') : ''
}

function defaultHostname(id: string): string {
  return id.slice(0, 12)
}

function isHostname(text: string): boolean {
  return text.length <= utsLength && passes(() => checkHostname(text))
}
