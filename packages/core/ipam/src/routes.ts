import { formatAddress, readAddress } from '@vethra/address'
import { canonicalCidr, confError, type Json, present, type ResultRoute } from '@vethra/cni'
import { at, type Place, readInteger, readItems, readObject, readText } from './go-decode.ts'

/** Routes of an IPAM configuration, in their order, addresses in canonical form. Throws CniError 7 in Go's words. */
export function readRoutes(value: Json | undefined, place: Place): readonly ResultRoute[] {
  return readItems(value, place, '[]*types.Route').map((item) => readRoute(item, place))
}

function readRoute(item: Json, place: Place): ResultRoute {
  const route = { fields: readObject(item, place, 'types.Route'), place, struct: '' }
  // Go reads a route by itself, so that its complaints name the list.
  const field = (key: string) => at(route, key)[0]
  const text = readText(field('dst'), place) ?? ''
  const dst = canonicalCidr(text)
  if (dst === undefined) throw confError(`invalid CIDR address: ${text}`)
  const gw = readGateway(readText(field('gw'), place, 'net.IP'))
  const numbers = {
    mtu: readInteger(field('mtu'), place) || undefined,
    advmss: readInteger(field('advmss'), place) || undefined,
    priority: readInteger(field('priority'), place) || undefined,
    table: readInteger(field('table'), place),
    scope: readInteger(field('scope'), place),
  }
  return { dst, ...present({ gw, ...numbers }) }
}

/** A gateway in canonical form; undefined for none. Throws CniError 7 for a text that is not an address. */
export function readGateway(text: string | undefined): string | undefined {
  if (!text) return undefined
  const address = readAddress(text)
  if (address) return formatAddress(address)
  throw confError(`invalid IP address: ${text}`)
}
