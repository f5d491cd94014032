import {
  type CniError,
  type ConfList,
  confError,
  goField,
  goKeys,
  goType,
  isObject,
  type Json,
  type JsonObject,
  type PluginConf,
} from '@vethra/cni'
import { elements, readJson } from './json-text.ts'
import { selectVersion } from './select-version.ts'

const listFault = 'error parsing configuration list'
const pluginFault = 'error parsing configuration'

/**
 * Parses a conf list (SPEC 1.1.0, section 1, "Network configuration format"). Each plugin keeps its
 * source text, so that unknown keys, key order and large integers survive. Names are not checked
 * here, but before plugins run. Throws CniError 6 when the text is not JSON, 7 for each other fault,
 * with libcni's words first and every fault in `details`.
 */
export function parseConfList(text: string): ConfList {
  const json = readJson(text, listFault)
  const list = objectOrEmpty(json.value, listFault)
  throwIf(listFaults(list), listFault)
  if (isTrue(list['loadOnlyInlinedPlugins']) && list['plugins'] === undefined)
    throw invalid(`${listFault}: \`loadOnlyInlinedPlugins\` is true, and no 'plugins' key`)
  return {
    name: list['name'] as string,
    cniVersion: selectVersion(
      (list['cniVersion'] ?? '') as string,
      list['cniVersions'] as readonly string[] | undefined,
    ),
    disableCheck: isTrue(list['disableCheck']),
    disableGc: isTrue(list['disableGC']),
    loadOnlyInlinedPlugins: isTrue(list['loadOnlyInlinedPlugins']),
    plugins: elements(json, 'plugins').map((source, index) =>
      parsePluginConf(source, `failed to parse plugin config ${index}: ${pluginFault}`),
    ),
    text,
  }
}

/** Parses one plugin object (SPEC 1.1.0, section 1), known keys in any case, as libcni. Throws CniError 6 or 7; `what` opens its message. */
export function parsePluginConf(text: string, what: string = pluginFault): PluginConf {
  const { value } = readJson(text, what)
  const fields = {
    type: goField(objectOrEmpty(value, what), 'type'),
    capabilities: goField(value, 'capabilities'),
    ipam: goField(value, 'ipam'),
  }
  throwIf([...twiceFaults(value), ...twiceFaults(fields.ipam, 'ipam.')], what)
  throwIf(pluginFaults(fields), what)
  const ipamType = goField(fields.ipam, 'type')
  return {
    type: fields.type as string,
    capabilities: (fields.capabilities ?? {}) as Readonly<Record<string, boolean>>,
    ...(typeof ipamType === 'string' && ipamType !== '' ? { ipamType } : {}),
    text,
  }
}

function objectOrEmpty(value: unknown, what: string): JsonObject {
  // Go decodes null into an empty map without a word.
  if (value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as JsonObject
  throw invalid(
    `${what}: json: cannot unmarshal ${jsonType(value)} into Go value of type map[string]interface {}`,
  )
}

/** The faults in the keys of a list, in libcni's order of evaluation: the first is the one that it would report. */
function listFaults(list: JsonObject): readonly string[] {
  const { name, cniVersion, cniVersions, plugins } = list
  return [
    ...(name === undefined ? ['no name'] : unlessText(name, 'invalid name type')),
    ...(cniVersion === undefined ? [] : unlessText(cniVersion, 'invalid cniVersion type')),
    ...versionsFaults(cniVersions),
    ...flags.flatMap((key) => flagFaults(key, list[key])),
    ...pluginsFaults(plugins),
  ]
}

const flags = ['disableCheck', 'disableGC', 'loadOnlyInlinedPlugins']

function unlessText(value: Json, what: string): readonly string[] {
  return typeof value === 'string' ? [] : [`${what} ${goType(value)}`]
}

function versionsFaults(versions: Json | undefined): readonly string[] {
  if (versions === undefined) return []
  if (!Array.isArray(versions)) return [`invalid type for cniVersions: ${goType(versions)}`]
  return versions.flatMap((each: Json, index) =>
    unlessText(each, `invalid type for cniVersions index ${index}:`),
  )
}

// A flag is true, false, or a string that says so: the SPEC of 0.4.0 had it as a string.
function flagFaults(key: string, value: Json | undefined): readonly string[] {
  if (value === undefined || typeof value === 'boolean') return []
  if (typeof value !== 'string') return [`invalid type ${goType(value)} for ${key}`]
  const lower = value.toLowerCase()
  return lower === 'true' || lower === 'false' ? [] : [`invalid value "${lower}" for ${key}`]
}

function pluginsFaults(plugins: Json | undefined): readonly string[] {
  if (plugins === undefined) return []
  if (!Array.isArray(plugins)) return [`invalid 'plugins' type ${goType(plugins)}`]
  return plugins.length > 0 ? [] : ['no plugins in list']
}

/** The faults in the known keys of a plugin object, in the order of Go's struct. */
function pluginFaults({ type, capabilities, ipam }: Partial<JsonObject>): readonly string[] {
  return [
    ...(type === undefined || type === '' ? ["missing 'type'"] : []),
    ...(type === undefined || typeof type === 'string' ? [] : [wrong('type', type)]),
    ...objectFaults('capabilities', capabilities),
    ...Object.values(isObject(capabilities) ? capabilities : {})
      .filter((each) => typeof each !== 'boolean')
      .map((each) => wrong('capabilities', each)),
    ...objectFaults('ipam', ipam),
  ]
}

// libcni puts the keys of a plugin in order before it reads them, and plugins get them as written: two might follow two.
function twiceFaults(value: Json | undefined, place = ''): readonly string[] {
  const known = place === '' ? ['type', 'capabilities', 'ipam'] : ['type']
  return known.flatMap((key) => {
    const keys = goKeys(value, key)
    return keys.length < 2 ? [] : [`'${place}${key}' is written as ${keys.join(' and as ')}`]
  })
}

function objectFaults(key: string, value: Json | undefined): readonly string[] {
  return value === undefined || value === null || isObject(value) ? [] : [wrong(key, value)]
}

function throwIf(faults: readonly string[], what: string): void {
  const [first] = faults
  if (first !== undefined) throw invalid(`${what}: ${first}`, faults.join('; '))
}

function invalid(message: string, details?: string): CniError {
  const hint = 'Correct the file; "vethra cni validate" shows every fault of every file.'
  return confError(message, { hint, details })
}

function isTrue(value: Json | undefined): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}

function wrong(key: string, input: unknown): string {
  return `json: cannot unmarshal ${jsonType(input)} into Go struct field PluginConf.${key}`
}

// What Go's encoding/json calls the type of a JSON value in its errors.
function jsonType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
