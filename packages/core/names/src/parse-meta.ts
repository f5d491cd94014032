import { decodeError, goField, isObject, type Json, parseJsonOr, present } from '@vethra/cni'
import type { ContainerNames, ExtraHost } from './container-names.ts'
import { asTexts, untrusted } from './json-fields.ts'
import { metaResult } from './meta-result.ts'

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
