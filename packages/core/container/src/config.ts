import { confError, isObject } from '@vethra/cni'
import { checkKeys, draftOfConfig } from './config-keys.ts'
import { parseConfigText } from './config-text.ts'
import type { Draft } from './draft.ts'

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

/** A config.json that has been read. */
export interface ParsedConfig {
  readonly config: Config
  /** Its text, which a plan changes. */
  readonly draft: Draft
}

/**
 * The parts of a config.json that matter here, and its text taken apart. Throws CniError 6 when it is not JSON, 7 naming the
 * key when it is no configuration of a Linux container (OCI runtime-spec, config.md), or when runc and crun read it differently.
 */
export function parseConfig(text: string): ParsedConfig {
  const value = parseConfigText(text)
  const fault = configFault(value)
  if (fault !== undefined)
    throw confError(
      `config.json is not the configuration of a Linux container: ${fault}`,
      'Make the bundle again, for example with "runc spec".',
    )
  const draft = draftOfConfig(text)
  checkKeys(draft.root, value)
  return { config: configOf(value as Written), draft }
}

type Nullish<T> = { readonly [K in keyof T]?: T[K] | null | undefined }

/** The same parts as they are written. */
interface Written extends Nullish<Pick<Config, 'hostname' | 'domainname' | 'mounts'>> {
  readonly annotations?: Readonly<Record<string, string | null>> | null
  readonly process: Nullish<Pick<Config, 'env'>> & { readonly apparmorProfile?: string | null }
  readonly hooks?: Nullish<Pick<Config, 'prestart' | 'createRuntime' | 'poststop'>> | null
  readonly linux: Nullish<Pick<Config, 'namespaces' | 'sysctl'>>
}

function configOf(written: Written): Config {
  const { process, hostname, domainname, mounts, hooks, annotations, linux } = written
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
    // runc reads null as an empty text; crun refuses it.
    annotations: Object.fromEntries(
      Object.entries(annotations ?? {}).map(([key, value]) => [key, value ?? '']),
    ),
  }
}

/** A part of a config.json, and where it is: `linux.namespaces[0]`. */
interface Part {
  readonly value: unknown
  readonly at: string
}

type Kind = 'array' | 'number' | 'object' | 'string'

// The first fault of a config.json, by its key (OCI runtime-spec, config.md): `mounts[0].type must be string`;
// undefined for none.
function configFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'the whole must be object'
  const config = { value, at: '' }
  const [process, linux, hooks] = [
    partAt(config, 'process'),
    partAt(config, 'linux'),
    partAt(config, 'hooks'),
  ]
  return (
    missing(config, 'process', 'object') ??
    missing(config, 'linux', 'object') ??
    wrong(config, 'hooks', 'object') ??
    wrong(config, 'hostname', 'string') ??
    wrong(config, 'domainname', 'string') ??
    wrong(process, 'apparmorProfile', 'string') ??
    wrongItem(process, 'env', textFault) ??
    wrongItem(config, 'mounts', mountFault) ??
    wrongItem(hooks, 'prestart', hookFault) ??
    wrongItem(hooks, 'createRuntime', hookFault) ??
    wrongItem(hooks, 'poststop', hookFault) ??
    wrongItem(linux, 'namespaces', namespaceFault) ??
    wrongText(config, 'annotations', wrong) ??
    wrongText(linux, 'sysctl', missing)
  )
}

type Check = (part: Part) => string | undefined

const textFault: Check = ({ value, at }) =>
  typeof value === 'string' ? undefined : `${at} must be string`

const mountFault: Check = (mount) =>
  missing(mount, 'destination', 'string') ??
  wrong(mount, 'type', 'string') ??
  wrong(mount, 'source', 'string') ??
  wrongItem(mount, 'options', textFault)

const hookFault: Check = (hook) =>
  missing(hook, 'path', 'string') ??
  wrongItem(hook, 'args', textFault) ??
  wrongItem(hook, 'env', textFault) ??
  wrong(hook, 'timeout', 'number')

const namespaceFault: Check = (namespace) =>
  missing(namespace, 'type', 'string') ?? wrong(namespace, 'path', 'string')

function missing(holder: Part, key: string, must: Kind): string | undefined {
  if (!isObject(holder.value)) return `${holder.at} must be object`
  const value = holder.value[key]
  const is = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  const isKind = is === must && (is !== 'number' || Number.isFinite(value))
  return isKind ? undefined : `${partAt(holder, key).at} must be ${must}`
}

// What may be absent may be null, too.
function wrong(holder: Part, key: string, must: Kind): string | undefined {
  const value = valueAt(holder, key)
  return value === undefined || value === null ? undefined : missing(holder, key, must)
}

function wrongItem(holder: Part, key: string, check: Check): string | undefined {
  const { value: list, at } = partAt(holder, key)
  if (!Array.isArray(list)) return wrong(holder, key, 'array')
  for (const [index, value] of list.entries()) {
    const fault = check({ value, at: `${at}[${index}]` })
    if (fault !== undefined) return fault
  }
  return undefined
}

function wrongText(holder: Part, key: string, check: typeof missing): string | undefined {
  const table = partAt(holder, key)
  if (!isObject(table.value)) return wrong(holder, key, 'object')
  const faults = Object.keys(table.value).map((each) => check(table, each, 'string'))
  return faults.find((each) => each !== undefined)
}

function valueAt({ value }: Part, key: string): unknown {
  return isObject(value) ? value[key] : undefined
}

function partAt(holder: Part, key: string): Part {
  const isPlain = /^[a-zA-Z_]\w*$/.test(key)
  const name = isPlain ? `.${key}` : `[${JSON.stringify(key.slice(0, 64))}]`
  return { value: valueAt(holder, key), at: `${holder.at}${name}`.replace(/^\./, '') }
}
