import { confError, isObject, isTexts } from '@vethra/cni'
import * as z from 'zod/mini'
import { checkKeys, draftOfConfig } from './config-keys.ts'
import { parseConfigText } from './config-text.ts'
import type { Draft } from './draft.ts'
import { isText } from './facts.ts'
import { checked } from './faults.ts'

/** A mount of config.json; keys that are not named here may be there too. */
export interface Mount {
  readonly destination: string
  readonly type?: string | null | undefined
  readonly source?: string | null | undefined
  readonly options?: readonly string[] | null | undefined
}

/** A hook of config.json. */
export interface Hook {
  readonly path: string
  readonly args?: readonly string[] | null | undefined
  readonly env?: readonly string[] | null | undefined
  readonly timeout?: number | null | undefined
}

/** A namespace of config.json: new without a path, joined with one. */
export interface Namespace {
  readonly type: string
  readonly path?: string | null | undefined
}

/** The parts of an OCI config.json that a plan looks at, checked; empty where the file has none. */
export interface Config {
  readonly env: readonly string[]
  /** The AppArmor profile that its process is to be confined by; undefined for none. */
  readonly appArmorProfile: string | undefined
  readonly hostname: string | undefined
  readonly domainname: string | undefined
  readonly mounts: readonly Mount[]
  readonly namespaces: readonly Namespace[]
  readonly sysctl: Readonly<Record<string, string>>
  /** Deprecated by the OCI runtime-spec; runs where createRuntime does. */
  readonly prestart: readonly Hook[]
  readonly createRuntime: readonly Hook[]
  readonly poststop: readonly Hook[]
  readonly annotations: Readonly<Record<string, string>>
}

const texts = z.array(z.string())
// Not `record`, which takes a second for half a million keys.
const table = z
  .custom<Readonly<Record<string, string>>>(isObject, { error: 'must be object' })
  .check(({ value, issues }) => {
    if (!isObject(value)) return
    const key = Object.keys(value).find((each) => !isText(value[each]))
    if (key === undefined) return
    issues.push({ code: 'custom', input: value[key], path: [key], message: 'must be string' })
  })
const mount = z.looseObject({
  destination: z.string(),
  type: z.nullish(z.string()),
  source: z.nullish(z.string()),
  options: z.nullish(texts),
}) satisfies z.ZodMiniType<Mount>
const hook = z.looseObject({
  path: z.string(),
  args: z.nullish(texts),
  env: z.nullish(texts),
  timeout: z.nullish(z.number()),
}) satisfies z.ZodMiniType<Hook>
const namespace = z.looseObject({
  type: z.string(),
  path: z.nullish(z.string()),
}) satisfies z.ZodMiniType<Namespace>
const shape = z.object({
  process: z.object({ env: z.nullish(texts), apparmorProfile: z.nullish(z.string()) }),
  hostname: z.nullish(z.string()),
  domainname: z.nullish(z.string()),
  mounts: z.nullish(listOf(mount, isMount)),
  hooks: z.nullish(
    z.object({
      prestart: z.nullish(listOf(hook, isHook)),
      createRuntime: z.nullish(listOf(hook, isHook)),
      poststop: z.nullish(listOf(hook, isHook)),
    }),
  ),
  annotations: z.nullish(table),
  linux: z.object({
    namespaces: z.nullish(listOf(namespace, isNamespace)),
    sysctl: z.nullish(table),
  }),
})

/** A config.json that has been read. */
export interface ParsedConfig {
  readonly config: Config
  /** Its text, which a plan changes. */
  readonly draft: Draft
}

/**
 * The parts of a config.json that matter here, and its text taken apart. Throws CniError 6 when it is no JSON,
 * and CniError 7 naming the key when it is no configuration of a Linux container (OCI runtime-spec, config.md).
 */
export function parseConfig(text: string): ParsedConfig {
  const value = parseConfigText(text)
  const result = checked(shape, knownParts(value))
  if ('fault' in result)
    throw confError(
      `config.json is not the configuration of a Linux container: ${result.fault}`,
      'Make the bundle again, for example with "runc spec".',
    )
  const draft = draftOfConfig(text)
  checkKeys(draft.root, value)
  return { config: configOf(result.data), draft }
}

// zod copies each key of an object, and each item of a list: a second for as many as 16 MiB hold.
function knownParts(value: unknown): unknown {
  const whole = pick(value, [...parts, 'process', 'hooks', 'linux'])
  if (!isObject(whole)) return whole
  const { process, hooks, linux } = whole
  return {
    ...whole,
    process: pick(process, ['env', 'apparmorProfile']),
    hooks: pick(hooks, ['prestart', 'createRuntime', 'poststop']),
    linux: pick(linux, ['namespaces', 'sysctl']),
  }
}

const parts = ['hostname', 'domainname', 'mounts', 'annotations']

function pick(value: unknown, keys: readonly string[]): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(keys.map((key) => [key, value[key]]))
}

function listOf<T>(item: z.ZodMiniType<T>, isItem: (value: unknown) => boolean) {
  return z
    .custom<readonly T[]>(Array.isArray, { error: 'must be array' })
    .check(({ value, issues }) => {
      const index = value.findIndex((each) => !isItem(each))
      const faults = index < 0 ? [] : (item.safeParse(value[index]).error?.issues ?? [])
      for (const { path, message, ...rest } of faults) {
        const must = 'expected' in rest ? `must be ${rest.expected}` : message
        issues.push({ code: 'custom', input: value, path: [index, ...path], message: must })
      }
    })
}

function isMount(value: unknown): boolean {
  if (!isObject(value)) return false
  const { destination, type, source, options } = value
  return isText(destination) && isNullish(isText, type, source) && isNullish(isTexts, options)
}

function isHook(value: unknown): boolean {
  if (!isObject(value)) return false
  const { path, args, env, timeout } = value
  return isText(path) && isNullish(isTexts, args, env) && isNullish(Number.isFinite, timeout)
}

function isNamespace(value: unknown): boolean {
  return isObject(value) && isText(value['type']) && isNullish(isText, value['path'])
}

function isNullish(is: (value: unknown) => boolean, ...values: readonly unknown[]): boolean {
  return values.every((each) => each === undefined || each === null || is(each))
}

function configOf(data: z.infer<typeof shape>): Config {
  const { process, hostname, domainname, mounts, hooks, annotations, linux } = data
  return {
    env: process.env ?? [],
    appArmorProfile: process.apparmorProfile || undefined,
    hostname: hostname ?? undefined,
    domainname: domainname ?? undefined,
    mounts: mounts ?? [],
    namespaces: linux.namespaces ?? [],
    sysctl: linux.sysctl ?? {},
    prestart: hooks?.prestart ?? [],
    createRuntime: hooks?.createRuntime ?? [],
    poststop: hooks?.poststop ?? [],
    annotations: annotations ?? {},
  }
}
