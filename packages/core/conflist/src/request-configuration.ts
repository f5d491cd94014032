import type { ConfList, JsonObject, PluginConf } from '@vethra/cni'
import { properties, readJson } from './json-text.ts'

/** The content of a request configuration beside the plugin's own keys. */
export interface RequestExtras {
  /** Values for capabilities by name; the plugin gets those that it declares. Default: none. */
  readonly capabilityArgs?: JsonObject
  /** The JSON text of the previous result, sent as it is. Default: none. */
  readonly prevResult?: string
  /** The attachments that GC must keep (SPEC 1.1.0, section 3, "GC"). Default: the key is not sent. */
  readonly validAttachments?: readonly { readonly containerID: string; readonly ifname: string }[]
}

// Keys that are the runtime's: SPEC 1.1.0, section 3, "Deriving execution configuration from plugin
// configuration". Go plugins match keys whatever their case, so another spelling is taken out too.
const reserved = new Set(['name', 'cniversion', 'capabilities', 'runtimeconfig', 'prevresult'])

/** A plugin's standard input: its keys as written, `name`, `cniVersion`, `runtimeConfig` of capability args, the extras; not its own of these. */
export function requestConfiguration(
  list: Pick<ConfList, 'name' | 'cniVersion'>,
  plugin: PluginConf,
  extras: RequestExtras = {},
): string {
  const { capabilityArgs = {}, prevResult, validAttachments } = extras
  const own = properties(readJson(plugin.text, 'error parsing configuration'))
    .filter(({ key }) => !reserved.has(key.toLowerCase()) && !key.startsWith('cni.dev/'))
    .map(({ source }) => source)
  const runtimeConfig = declared(plugin, capabilityArgs)
  const attachments = JSON.stringify(validAttachments)
  const ours = [
    `"cniVersion":${JSON.stringify(list.cniVersion)}`,
    `"name":${JSON.stringify(list.name)}`,
    ...own,
    ...(Object.keys(runtimeConfig).length > 0
      ? [`"runtimeConfig":${JSON.stringify(runtimeConfig)}`]
      : []),
    ...(prevResult === undefined ? [] : [`"prevResult":${prevResult}`]),
    // The tag spec-v1.1.0 has the shorter key, main the longer one: libcni sends both.
    ...(attachments === undefined
      ? []
      : [`"cni.dev/valid-attachments":${attachments}`, `"cni.dev/attachments":${attachments}`]),
  ]
  return `{${ours.join(',')}}`
}

function declared(plugin: PluginConf, args: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(args).filter(([name]) => plugin.capabilities[name] === true),
  )
}
