import {
  type CniError,
  decodeError,
  goField,
  invalidFileError,
  isObject,
  isTexts,
  type Json,
  type JsonObject,
  parseJsonOr,
  present,
  type Result,
  type ResultDns,
  type ResultInterface,
  type ResultIp,
  type ResultRoute,
} from '@vethra/cni'
import type { ContainerNames, ExtraHost } from './container-names.ts'

/** Reads a meta.json of nerdctl or ours, keys in any case, values unchecked. Throws CniError 6 for no JSON, 107 for a wrong type. */
export function parseMeta(text: string): ContainerNames {
  const meta = decode(text)
  const own = goField(meta, 'Vethra')
  const domainname = optionalText(meta, 'Domainname')
  const aliases = aliasesOf(goField(own, 'Aliases'))
  const precedence = goField(own, 'Precedence')
  return {
    id: requiredText(meta, 'ID'),
    name: optionalText(meta, 'Name'),
    hostname: optionalText(meta, 'Hostname'),
    ...(domainname === '' ? {} : { domainname }),
    extraHosts: pairs(goField(own, 'ExtraHosts')) ?? extraHostsOf(goField(meta, 'ExtraHosts')),
    networks: networksOf(goField(meta, 'Networks')),
    ...present({ aliases }),
    ...(typeof precedence === 'number' ? { precedence } : {}),
  }
}

function decode(text: string): Json {
  const refusal = (cause: unknown) =>
    decodeError('cannot read meta.json: it is not JSON', { cause })
  const value = parseJsonOr(text, refusal)
  if (isObject(value)) return value
  throw untrusted('the whole', 'is no object')
}

function requiredText(meta: Json, key: string): string {
  const value = optionalText(meta, key)
  if (value === '') throw untrusted(key, 'is missing')
  return value
}

function optionalText(meta: Json, key: string): string {
  const value = goField(meta, key) ?? ''
  if (typeof value !== 'string') throw untrusted(key, 'is no text')
  return value
}

// `Object.fromEntries` keeps a key `__proto__` a key.
function networksOf(value: Json | undefined): ContainerNames['networks'] {
  if (value === undefined || value === null) return null
  if (!isObject(value)) throw untrusted('Networks', 'is no object')
  return Object.fromEntries(
    Object.entries(value).flatMap(([ref, each]) =>
      each === null ? [] : [[ref, metaResult(ref, each)]],
    ),
  )
}

function extraHostsOf(value: Json | undefined): readonly ExtraHost[] {
  if (value === undefined || value === null) return []
  if (!isObject(value)) throw untrusted('ExtraHosts', 'is no object')
  return Object.entries(value).map(([name, address]) => {
    if (typeof address !== 'string') throw untrusted('ExtraHosts', 'holds more than texts')
    return [name, address]
  })
}

function pairs(value: Json | undefined): readonly ExtraHost[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.map((each: Json) => {
    const [name, address, ...rest] = asTexts(each) ?? []
    if (name === undefined || address === undefined || rest.length > 0)
      throw untrusted('Vethra.ExtraHosts', 'holds more than pairs of texts')
    return [name, address]
  })
}

function aliasesOf(value: Json | undefined): ContainerNames['aliases'] {
  if (value === undefined) return undefined
  if (!isObject(value)) throw untrusted('Vethra.Aliases', 'is no object')
  const entries = Object.entries(value).map(([ref, list]) => {
    const aliases = asTexts(list)
    if (aliases === undefined) throw untrusted('Vethra.Aliases', 'holds more than lists of texts')
    return [ref, aliases] as const
  })
  return Object.fromEntries(entries)
}

// Reads a CNI result of a meta.json: 1.0.0's JSON, or go-cni's struct. Wrong fields are left out. Throws CniError 107
// for no object.
function metaResult(ref: string, value: Json): Result {
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

function asTexts(value: Json | undefined): readonly string[] | undefined {
  return isTexts(value) ? value : undefined
}

function untrusted(field: string, fault: string): CniError {
  return invalidFileError(
    `cannot use meta.json: ${field} ${fault}`,
    'Start the container again: that rewrites the file.',
  )
}
