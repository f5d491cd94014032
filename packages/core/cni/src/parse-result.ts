import { CniError } from './cni-error.ts'
import { goType } from './go-json.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { deepestPart, parseJsonOr } from './parse-json.ts'
import { present } from './present.ts'
import {
  addressAt,
  cidrAt,
  integerAt,
  objectAt,
  objectsAt,
  type Place,
  textAt,
  textsAt,
  undecodable,
} from './read-result.ts'
import type { Result, ResultDns, ResultInterface, ResultIp, ResultRoute } from './result.ts'
import { isSpecVersion } from './versions.ts'

/** The output of a plugin, read. */
export interface ParsedResult {
  /** In the shape of 1.1.0; `cniVersion` is the one that it was written in. */
  readonly result: Result
  /** The JSON to hand on as `prevResult`: as printed, with `cniVersion` put in where it was missing. */
  readonly text: string
}

/**
 * Parses what ADD printed (SPEC 1.1.0, section 5, "ADD Success"), of any version. A result without
 * `cniVersion` has the request's, and 0.1.0 where that is empty too (libcni). Unknown keys are left
 * out of `result` and kept in `text`; addresses come out in canonical form. Throws CniError 6 when
 * the text is no such JSON, 1 when its version is not supported.
 */
export function parseResult(printed: string, requestVersion: string): ParsedResult {
  if (printed.trim() === '') throw undecodable('unexpected end of JSON input')
  const value = parseJsonOr(printed, (cause) => undecodable('it is not JSON', cause), deepestPart)
  const result = readResult(value, requestVersion)
  const { cniVersion } = result
  const isNamed = isObject(value) && value['cniVersion'] === cniVersion
  return {
    result,
    text: isNamed ? printed.trim() : JSON.stringify({ ...objectOf(value), cniVersion }),
  }
}

/** As `parseResult`, of JSON that is parsed already, such as `prevResult` of a request. */
export function readResult(value: Json, requestVersion: string): Result {
  const object = objectOf(value)
  const own = object['cniVersion']
  const version = typeof own === 'string' && own !== '' ? own : requestVersion || '0.1.0'
  if (!isSpecVersion(version))
    throw new CniError({
      code: 1,
      message: `unsupported CNI result version ${JSON.stringify(version)}`,
      hint: 'Use a plugin that prints results of 0.1.0 to 1.1.0, or set cniVersion in the conf list to one of these.',
    })
  const read = version === '0.1.0' || version === '0.2.0' ? readLegacy : readModern
  return { cniVersion: version, ...read({ value: object, path: '' }) }
}

function readModern(place: Place): Omit<Result, 'cniVersion'> {
  return {
    interfaces: objectsAt(place, 'interfaces').map(readInterface),
    ips: objectsAt(place, 'ips').map((ip) => readIp(ip, 'address')),
    routes: objectsAt(place, 'routes').map(readRoute),
    dns: readDns(place),
  }
}

// The order is libcni's: IPv4 before IPv6, for addresses and for routes.
function readLegacy(place: Place): Omit<Result, 'cniVersion'> {
  const both = [objectAt(place, 'ip4'), objectAt(place, 'ip6')].filter((each) => each !== undefined)
  return {
    interfaces: [],
    ips: both.map((ip) => readIp(ip, 'ip')),
    routes: both.flatMap((each) => objectsAt(each, 'routes')).map(readRoute),
    dns: readDns(place),
  }
}

function readInterface(place: Place): ResultInterface {
  const name = textAt(place, 'name')
  if (name === undefined) throw undecodable(`${place.path}.name is missing`)
  return present({
    name,
    mac: textAt(place, 'mac'),
    mtu: integerAt(place, 'mtu'),
    sandbox: textAt(place, 'sandbox'),
    socketPath: textAt(place, 'socketPath'),
    pciID: textAt(place, 'pciID'),
  })
}

function readIp(place: Place, key: 'address' | 'ip'): ResultIp {
  return present({
    interface: key === 'address' ? integerAt(place, 'interface') : undefined,
    address: cidrAt(place, key),
    gateway: addressAt(place, 'gateway'),
  })
}

function readRoute(place: Place): ResultRoute {
  return present({
    dst: cidrAt(place, 'dst'),
    gw: addressAt(place, 'gw'),
    mtu: integerAt(place, 'mtu'),
    advmss: integerAt(place, 'advmss'),
    priority: integerAt(place, 'priority'),
    table: integerAt(place, 'table'),
    scope: integerAt(place, 'scope'),
  })
}

function readDns(place: Place): ResultDns {
  const dns = objectAt(place, 'dns')
  if (dns === undefined) return {}
  return present({
    nameservers: textsAt(dns, 'nameservers'),
    domain: textAt(dns, 'domain'),
    search: textsAt(dns, 'search'),
    options: textsAt(dns, 'options'),
  })
}

function objectOf(value: Json): JsonObject {
  if (value === null) return {}
  if (isObject(value)) return value
  throw undecodable(`json: cannot unmarshal a ${goType(value)} into a result`)
}
