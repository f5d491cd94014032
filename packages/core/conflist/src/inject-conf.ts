import { confError, type JsonObject, type PluginConf } from '@vethra/cni'
import { parsePluginConf } from './conf-list.ts'
import { properties, readJson } from './json-text.ts'

/** The plugin conf with the caller's keys, each in place of its own (libcni, InjectConf). Throws CniError 7 for an empty key or a null. */
export function injectConf(plugin: PluginConf, keys: JsonObject): PluginConf {
  for (const [key, value] of Object.entries(keys)) {
    if (key === '') throw confError('keys cannot be empty')
    if (value === null) throw confError(`key '${key}' value must not be nil`)
  }
  const own = properties(readJson(plugin.text, 'unmarshal existing network bytes'))
    .filter(({ key }) => !Object.hasOwn(keys, key))
    .map(({ source }) => source)
  const added = Object.entries(keys).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  )
  return parsePluginConf(`{${[...own, ...added].join(',')}}`)
}
