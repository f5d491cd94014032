import {
  CniError,
  type ConfList,
  goField,
  goType,
  type JsonObject,
  type PluginConf,
} from '@vethra/spec'
import * as z from 'zod/mini'
import { elements, readJson } from './json-text.ts'
import { selectVersion } from './select-version.ts'

const listFault = 'error parsing configuration list'
const pluginFault = 'error parsing configuration'

interface RawList {
  readonly name: string
  readonly cniVersion?: string | undefined
  readonly cniVersions?: readonly string[] | undefined
  readonly disableCheck?: boolean | string | undefined
  readonly disableGC?: boolean | string | undefined
  readonly loadOnlyInlinedPlugins?: boolean | string | undefined
  readonly plugins?: readonly unknown[] | undefined
}

interface RawPlugin {
  readonly type: string
  readonly capabilities?: Readonly<Record<string, boolean>> | null | undefined
  readonly ipam?: object | null | undefined
}

/**
 * Parses a conf list (SPEC 1.1.0, section 1, "Network configuration format"). Each plugin keeps its
 * source text, so that unknown keys, key order and large integers survive. Names are not checked
 * here, but before plugins run. Throws CniError 6 when the text is no JSON, 7 for each other fault,
 * with libcni's words first and every fault in `details`.
 */
export function parseConfList(text: string): ConfList {
  const json = readJson(text, listFault)
  const list = check(objectOrEmpty(json.value, listFault), isList, listSchema, listFault)
  if (isTrue(list.loadOnlyInlinedPlugins) && list.plugins === undefined) {
    throw invalid(`${listFault}: \`loadOnlyInlinedPlugins\` is true, and no 'plugins' key`)
  }
  return {
    name: list.name,
    cniVersion: selectVersion(list.cniVersion ?? '', list.cniVersions),
    disableCheck: isTrue(list.disableCheck),
    disableGc: isTrue(list.disableGC),
    loadOnlyInlinedPlugins: isTrue(list.loadOnlyInlinedPlugins),
    plugins: elements(json, 'plugins').map((source, index) =>
      parsePluginConf(source, `failed to parse plugin config ${index}: ${pluginFault}`),
    ),
    text,
  }
}

/**
 * Parses one plugin object (SPEC 1.1.0, section 1, "Plugin configuration objects"). Known keys match
 * whatever their case, as libcni's do. `what` opens the message of a fault. Throws CniError 6 or 7.
 */
export function parsePluginConf(text: string, what: string = pluginFault): PluginConf {
  const { value } = readJson(text, what)
  const fields = {
    type: goField(objectOrEmpty(value, what), 'type'),
    capabilities: goField(value, 'capabilities'),
    ipam: goField(value, 'ipam'),
  }
  const plugin = check(fields, isPlugin, pluginSchema, what)
  const ipamType = goField(fields.ipam ?? null, 'type')
  return {
    type: plugin.type,
    capabilities: plugin.capabilities ?? {},
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

// The schemas name faults, and are made only when there is one: making them costs the hook's start
// 3 ms, and nearly every list is in order.
function check<T>(
  value: object,
  isRight: (value: object) => value is T & object,
  schema: () => z.ZodMiniType<object>,
  what: string,
): T {
  if (isRight(value)) return value
  const outcome = schema().safeParse(value)
  // What is not plainly right may be so all the same: a flag may be a text.
  if (outcome.success) return outcome.data as T
  const [first] = outcome.error.issues
  throw invalid(`${what}: ${first?.message}`, z.prettifyError(outcome.error))
}

function isList(value: object): value is RawList {
  const list = value as Readonly<Record<string, unknown>>
  const { name, cniVersion, cniVersions, plugins } = list
  return (
    typeof name === 'string' &&
    (cniVersion === undefined || typeof cniVersion === 'string') &&
    (cniVersions === undefined || isTexts(cniVersions)) &&
    (plugins === undefined || (Array.isArray(plugins) && plugins.length > 0)) &&
    ['disableCheck', 'disableGC', 'loadOnlyInlinedPlugins'].every(
      (key) => list[key] === undefined || typeof list[key] === 'boolean',
    )
  )
}

function isPlugin(value: object): value is RawPlugin {
  const { type, capabilities = {}, ipam = {} } = value as Readonly<Record<string, unknown>>
  return (
    typeof type === 'string' &&
    type !== '' &&
    isObject(capabilities) &&
    Object.values(capabilities).every((each) => typeof each === 'boolean') &&
    isObject(ipam)
  )
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// A flag is true, false, or a string that says so: the SPEC of 0.4.0 had it as a string.
const flag = (key: string) =>
  z.optional(
    z.custom<boolean | string>((value) => typeof value === 'boolean' || isFlagText(value), {
      error: ({ input }) =>
        typeof input === 'string'
          ? `invalid value "${input.toLowerCase()}" for ${key}`
          : `invalid type ${goType(input)} for ${key}`,
    }),
  )

// In libcni's order of evaluation: the first fault is the one it would report.
const listSchema = () =>
  z.looseObject({
    name: z.string({
      error: ({ input }) =>
        input === undefined ? 'no name' : `invalid name type ${goType(input)}`,
    }),
    cniVersion: z.optional(
      z.string({ error: ({ input }) => `invalid cniVersion type ${goType(input)}` }),
    ),
    cniVersions: z.optional(
      z.array(
        z.string({
          error: ({ input, path }) =>
            `invalid type for cniVersions index ${String(path?.at(-1))}: ${goType(input)}`,
        }),
        { error: ({ input }) => `invalid type for cniVersions: ${goType(input)}` },
      ),
    ),
    disableCheck: flag('disableCheck'),
    disableGC: flag('disableGC'),
    loadOnlyInlinedPlugins: flag('loadOnlyInlinedPlugins'),
    plugins: z.optional(
      z
        .array(z.unknown(), { error: ({ input }) => `invalid 'plugins' type ${goType(input)}` })
        .check(z.minLength(1, { error: 'no plugins in list' })),
    ),
  })

const pluginSchema = () =>
  z.object({
    type: z
      .string({
        error: ({ input }) => (input === undefined ? "missing 'type'" : wrong('type', input)),
      })
      .check(z.minLength(1, { error: "missing 'type'" })),
    capabilities: z.optional(
      z.nullable(
        z.record(z.string(), z.boolean({ error: ({ input }) => wrong('capabilities', input) }), {
          error: ({ input }) => wrong('capabilities', input),
        }),
      ),
    ),
    ipam: z.optional(z.nullable(z.looseObject({}, { error: ({ input }) => wrong('ipam', input) }))),
  })

function invalid(message: string, details?: string): CniError {
  const hint = 'Correct the file; "vethra cni validate" shows every fault of every file.'
  return new CniError({ code: 7, message, hint, ...(details === undefined ? {} : { details }) })
}

function isFlagText(value: unknown): boolean {
  return typeof value === 'string' && /^(true|false)$/i.test(value)
}

function isTrue(value: boolean | string | undefined): boolean {
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
