import {
  goField,
  isObject,
  type Json,
  type JsonObject,
  type Result,
  type ResultDns,
  type ResultInterface,
  type ResultIp,
  type ResultRoute,
} from '@vethra/cni'
import { asTexts, untrusted } from './json-fields.ts'

/** Reads a CNI result of a meta.json: 1.0.0's JSON, or go-cni's struct. Wrong fields are left out. Throws CniError 107 for no object. */
export function metaResult(ref: string, value: Json): Result {
  if (!isObject(value)) throw untrusted(`Networks[${JSON.stringify(ref)}]`, 'is no object')
  const interfaces = goField(value, 'interfaces')
  const version = goField(value, 'cniVersion')
  return {
    cniVersion: typeof version === 'string' ? version : '1.0.0',
    interfaces: objects(interfaces).flatMap((each) => named<ResultInterface>(each, interfaceKeys)),
    ips: isObject(interfaces)
      ? Object.values(interfaces).flatMap(goCniIps)
      : objects(goField(value, 'ips')).flatMap((each) => named<ResultIp>(each, ipKeys)),
    routes: objects(goField(value, 'routes')).flatMap((each) =>
      named<ResultRoute>(each, routeKeys),
    ),
    dns: dnsOf(goField(value, 'dns')),
  }
}

interface Keys {
  readonly required: string
  /** By key in lower case: its spelling and the type of its value. */
  readonly known: ReadonlyMap<string, readonly [key: string, type: 'string' | 'number']>
}

const interfaceKeys = keys('name', ['name', 'mac', 'sandbox', 'socketPath', 'pciID'], ['mtu'])
const ipKeys = keys('address', ['address', 'gateway'], ['interface'])
const routeKeys = keys('dst', ['dst', 'gw'], ['mtu', 'advmss', 'priority', 'table', 'scope'])

function keys(required: string, texts: readonly string[], numbers: readonly string[]): Keys {
  const known = new Map<string, readonly [string, 'string' | 'number']>()
  for (const key of texts) known.set(key.toLowerCase(), [key, 'string'])
  for (const key of numbers) known.set(key.toLowerCase(), [key, 'number'])
  return { required, known }
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.flatMap((each: Json) => (isObject(each) ? [each] : [])) : []
}

function named<T>(value: JsonObject, { required, known }: Keys): readonly T[] {
  const picked: Record<string, Json> = {}
  for (const [given, each] of Object.entries(value)) {
    const [key, type] = known.get(given.toLowerCase()) ?? []
    if (key !== undefined && typeof each === type) picked[key] = each
  }
  return typeof picked[required] === 'string' ? [picked as T] : []
}

// go-cni's Config: addresses without a prefix length.
function goCniIps(config: Json): readonly ResultIp[] {
  return objects(goField(config, 'IPConfigs')).flatMap((each) => {
    const address = goField(each, 'IP')
    const gateway = goField(each, 'Gateway')
    if (typeof address !== 'string') return []
    const prefix = address.includes(':') ? 128 : 32
    const first = { address: `${address}/${prefix}` }
    return [typeof gateway === 'string' && gateway !== '' ? { ...first, gateway } : first]
  })
}

function dnsOf(value: Json | undefined): ResultDns {
  const domain = goField(value, 'domain')
  const lists = (['nameservers', 'search', 'options'] as const).flatMap((key) => {
    const list = asTexts(goField(value, key))
    return list === undefined ? [] : [[key, list] as const]
  })
  const rest = Object.fromEntries(lists)
  return typeof domain === 'string' ? { domain, ...rest } : rest
}
