import { formatAddress, readAddress, readCidr } from '@vethra/address'
import type { Json, ResultRoute } from '@vethra/cni'
import {
  at,
  invalid,
  type Place,
  readInteger,
  readItems,
  readObject,
  readText,
} from './go-decode.ts'

/** Routes of an IPAM configuration, in their order, addresses in canonical form. Throws CniError 7 in Go's words. */
export function readRoutes(value: Json | undefined, place: Place): readonly ResultRoute[] {
  return readItems(value, place, '[]*types.Route').map((item) => readRoute(item, place))
}

/** An address with its prefix length in canonical form, host bits kept, an IPv4-mapped one as IPv4; undefined when it is none. */
export function canonicalCidr(text: string): string | undefined {
  const cidr = readCidr(text)
  const address = readAddress(text.slice(0, text.indexOf('/')))
  if (!cidr || !address) return undefined
  const mapped = cidr.address.family !== address.family
  const length = cidr.prefix.length - (mapped ? 96 : 0)
  return length < 0 ? undefined : `${formatAddress(address)}/${length}`
}

function readRoute(item: Json, place: Place): ResultRoute {
  const route = { fields: readObject(item, place, 'types.Route'), place, struct: '' }
  // Go reads a route by itself, so that its complaints name the list.
  const field = (key: string) => at(route, key)[0]
  const text = readText(field('dst'), place) ?? ''
  const dst = canonicalCidr(text)
  if (dst === undefined) throw invalid(`invalid CIDR address: ${text}`)
  const gw = readGateway(readText(field('gw'), place, 'net.IP'))
  const numbers = {
    mtu: readInteger(field('mtu'), place) || undefined,
    advmss: readInteger(field('advmss'), place) || undefined,
    priority: readInteger(field('priority'), place) || undefined,
    table: readInteger(field('table'), place),
    scope: readInteger(field('scope'), place),
  }
  const given = Object.entries({ gw, ...numbers }).filter(([, each]) => each !== undefined)
  return { dst, ...Object.fromEntries(given) }
}

function readGateway(text: string | undefined): string | undefined {
  if (!text) return undefined
  const address = readAddress(text)
  if (address) return formatAddress(address)
  throw invalid(`invalid IP address: ${text}`)
}
