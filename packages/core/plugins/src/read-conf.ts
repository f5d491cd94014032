import {
  type CniError,
  confError,
  goKeys,
  isObject,
  type Json,
  type JsonObject,
  type ResultDns,
} from '@vethra/cni'

/** The CniError 7 that names a key and its value. */
export function invalidKey(key: string, value: Json | undefined, wanted: string): CniError {
  const shown = JSON.stringify(value)?.slice(0, 200) ?? 'nothing'
  return confError(`invalid ${key} ${shown}: ${wanted}`)
}

/** A key's value, whatever the case of its letters, as Go plugins read it; null counts as missing. Throws CniError 7 for a key in two spellings. */
function fieldOf(conf: JsonObject, key: string): Json | undefined {
  const keys = goKeys(conf, key)
  if (keys.length > 1) throw invalidKey(key, keys, 'it must be spelled in one way')
  const [only] = keys
  return only === undefined ? undefined : (conf[only] ?? undefined)
}

/** Whether a conf has a key, whatever the case of its letters; null counts as missing. */
export function hasKey(conf: JsonObject, key: string): boolean {
  return fieldOf(conf, key) !== undefined
}

/** A key that is true or false; false when missing. Throws CniError 7 for any other value. */
export function booleanOf(conf: JsonObject, key: string): boolean {
  const value = fieldOf(conf, key) ?? false
  if (typeof value === 'boolean') return value
  throw invalidKey(key, value, 'it must be true or false')
}

/** A key's text; undefined when it is missing or empty. Throws CniError 7 for any other value. */
export function textOf(conf: JsonObject, key: string): string | undefined {
  const value = fieldOf(conf, key) ?? ''
  if (typeof value === 'string') return value === '' ? undefined : value
  throw invalidKey(key, value, 'it must be a text')
}

/** A key's integer within bounds; undefined when it is missing. Throws CniError 7 for any other value. */
export function integerOf(
  conf: JsonObject,
  key: string,
  [least, most]: readonly [least: number, most: number],
): number | undefined {
  const value = fieldOf(conf, key)
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
    return value
  throw invalidKey(key, value, `it must be an integer from ${least} to ${most}`)
}

/** A key's integer, whatever its size; undefined when it is missing. Throws CniError 7 for any other value. */
export function numberOf(conf: JsonObject, key: string): number | undefined {
  return integerOf(conf, key, [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER])
}

/** A key's object; undefined when it is missing. Throws CniError 7 for any other value. */
export function objectOf(conf: JsonObject, key: string): JsonObject | undefined {
  const value = fieldOf(conf, key)
  if (value === undefined) return undefined
  if (isObject(value)) return value
  throw invalidKey(key, value, 'it must be an object')
}

/** A key's array; empty when it is missing. Throws CniError 7 for any other value. */
export function arrayOf(conf: JsonObject, key: string): readonly Json[] {
  const value = fieldOf(conf, key) ?? []
  if (Array.isArray(value)) return value
  throw invalidKey(key, value, 'it must be an array')
}

/** The MTU of a conf, 68 to 65536; undefined for 0 or nothing, which leave it to the kernel. */
export function mtuOf(conf: JsonObject): number | undefined {
  const mtu = integerOf(conf, 'mtu', [0, 65536])
  if (mtu !== undefined && mtu > 0 && mtu < 68)
    throw invalidKey('mtu', mtu, 'it must be 68 or more')
  return mtu === 0 ? undefined : mtu
}

/** The name of an interface in a conf; undefined when it is missing. Throws CniError 7 for one that the kernel refuses, or takes for a pattern: `br%d` becomes br0. */
export function linkNameOf(conf: JsonObject, key: string): string | undefined {
  const name = textOf(conf, key)
  if (name === undefined || (/^[!-$&-.0-9;-~]{1,15}$/.test(name) && name !== '.' && name !== '..'))
    return name
  throw invalidKey(
    key,
    name,
    'it must be the name of an interface, at most 15 characters, none of them / : or %',
  )
}

/** A MAC in lower case with colons, of the forms that Go's net.ParseMAC takes: `02-42-AC-11-00-02`, `0242.ac11.0002`. */
export function plainMac(text: string): string {
  const lower = text.toLowerCase().replaceAll('-', ':')
  const isDotted = /^[0-9a-f]{4}(\.[0-9a-f]{4}){2}$/.test(lower)
  return isDotted ? lower.replaceAll('.', '').replace(/..(?!$)/g, '$&:') : lower
}

const unicastMac = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/

/** The MAC asked for, lower case: CNI_ARGS, `args.cni.mac`, then `runtimeConfig.mac`, the last counts. Throws CniError 7 for no unicast MAC. */
export function askedMac(
  conf: JsonObject,
  cniArgs: readonly (readonly [string, string])[],
): string | undefined {
  const args = objectOf(objectOf(conf, 'args') ?? {}, 'cni')
  const asked = [
    cniArgs.find(([key]) => key === 'MAC')?.[1],
    args && textOf(args, 'mac'),
    textOf(objectOf(conf, 'runtimeConfig') ?? {}, 'mac'),
  ].findLast((each) => each !== undefined && each !== '')
  const mac = asked === undefined ? undefined : plainMac(asked)
  if (mac === undefined || unicastMac.test(mac)) return mac
  throw invalidKey('MAC', asked, 'it must be a unicast address like 02:42:ac:11:00:02')
}

/** `dns` of a conf; undefined when it says nothing. A list that is empty says that there is to be none (reference plugins, dnsConfSet). */
export function dnsOf(conf: JsonObject): ResultDns | undefined {
  const dns = objectOf(conf, 'dns')
  if (dns === undefined) return undefined
  const texts = (key: string) =>
    arrayOf(dns, key).map((each) => {
      if (typeof each === 'string') return each
      throw invalidKey(`dns.${key}`, each, 'it must be a text')
    })
  const domain = textOf(dns, 'domain')
  const found = {
    nameservers: texts('nameservers'),
    search: texts('search'),
    options: texts('options'),
  }
  const isSaid = Object.keys(found).some((key) => fieldOf(dns, key) !== undefined)
  if (!isSaid && domain === undefined) return undefined
  const said = Object.entries(found).filter(([, list]) => list.length > 0)
  return { ...Object.fromEntries(said), ...(domain === undefined ? {} : { domain }) }
}
