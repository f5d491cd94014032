import { decodeError } from './cni-error.ts'
import type { JsonObject } from './json.ts'
import type { Result } from './result.ts'
import { familyOf } from './result-addresses.ts'
import type { SpecVersion } from './versions.ts'

/** A result in the shape of one spec version. */
export interface RenderedResult {
  readonly json: JsonObject
  /** The values that this version cannot carry, such as `interfaces[0].mtu`; empty when nothing was lost. */
  readonly dropped: readonly string[]
}

/** Renders a result for a spec version, keys in the SPEC's order (libcni, pkg/types). Throws CniError 6 for 0.1.0 or 0.2.0 without an address. */
export function renderResult(result: Result, version: SpecVersion): RenderedResult {
  if (version === '0.1.0' || version === '0.2.0') return legacy(result, version)
  return version.startsWith('0.') ? early(result, version) : modern(result, version)
}

function modern(result: Result, cniVersion: SpecVersion): RenderedResult {
  const json = compact({
    cniVersion,
    interfaces: result.interfaces,
    ips: result.ips,
    routes: result.routes,
    dns: Object.keys(result.dns).length > 0 ? result.dns : undefined,
  })
  return { json, dropped: [] }
}

function early(result: Result, cniVersion: SpecVersion): RenderedResult {
  const interfaces = result.interfaces.map(({ name, mac, sandbox }) =>
    compact({ name, mac, sandbox }),
  )
  const ips = result.ips.map((ip) =>
    compact({
      version: String(familyOf(ip.address)),
      interface: ip.interface,
      address: ip.address,
      gateway: ip.gateway,
    }),
  )
  const dropped = result.interfaces.flatMap((each, index) =>
    (['mtu', 'socketPath', 'pciID'] as const)
      .filter((key) => each[key] !== undefined)
      .map((key) => `interfaces[${index}].${key}`),
  )
  const json = {
    ...compact({ cniVersion, interfaces, ips, routes: result.routes }),
    dns: dnsOf(result),
  }
  return { json, dropped }
}

function legacy(result: Result, cniVersion: SpecVersion): RenderedResult {
  const first = (family: 4 | 6) => result.ips.findIndex((ip) => familyOf(ip.address) === family)
  const kept = [first(4), first(6)].filter((index) => index >= 0)
  if (kept.length === 0) throw decodeError('cannot convert: no valid IP addresses')
  const family = (index: number) => {
    const ip = result.ips[index]
    if (ip === undefined) return undefined
    const routes = result.routes
      .filter(({ dst }) => familyOf(dst) === familyOf(ip.address))
      .map(({ dst, gw }) => compact({ dst, gw }))
    return compact({ ip: ip.address, gateway: ip.gateway, routes })
  }
  const json = {
    ...compact({ cniVersion, ip4: family(first(4)), ip6: family(first(6)) }),
    dns: dnsOf(result),
  }
  return { json, dropped: lostToLegacy(result, kept) }
}

function lostToLegacy(result: Result, kept: readonly number[]): readonly string[] {
  const families = kept.map((index) => familyOf(result.ips[index]?.address ?? ''))
  return [
    ...result.interfaces.map((_, index) => `interfaces[${index}]`),
    ...result.ips.flatMap((_, index) => (kept.includes(index) ? [] : [`ips[${index}]`])),
    ...result.routes.flatMap((route, index) => {
      if (!families.includes(familyOf(route.dst))) return [`routes[${index}]`]
      const { dst: _dst, gw: _gw, ...rest } = route
      return Object.keys(rest).map((key) => `routes[${index}].${key}`)
    }),
  ]
}

function dnsOf(result: Result): JsonObject {
  return compact({ ...result.dns })
}

function compact(value: object): JsonObject {
  const empty = (each: unknown) =>
    each === undefined || each === '' || (Array.isArray(each) && each.length === 0)
  return Object.fromEntries(Object.entries(value).filter(([, each]) => !empty(each)))
}
