import { CniError } from '@vethra/cni'
import { checkKeys, draftOfConfig } from './config-keys.ts'
import { parseConfigText } from './config-text.ts'
import type { Draft } from './draft.ts'
import { describeFault, fields, listOf, nullish, number, tableOf, text } from './shape.ts'

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

/** The parts of a config.json that are checked, as they are written there. */
interface Written {
  readonly process: {
    readonly env?: Config['env'] | null
    readonly apparmorProfile?: string | null
  }
  readonly hostname?: string | null
  readonly domainname?: string | null
  readonly mounts?: Config['mounts'] | null
  readonly hooks?: {
    readonly prestart?: readonly Hook[] | null
    readonly createRuntime?: readonly Hook[] | null
    readonly poststop?: readonly Hook[] | null
  } | null
  readonly annotations?: Config['annotations'] | null
  readonly linux: {
    readonly namespaces?: Config['namespaces'] | null
    readonly sysctl?: Config['sysctl'] | null
  }
}

const texts = nullish(listOf(text))
const table = nullish(tableOf(text))
const hooks = nullish(
  listOf(fields({ path: text, args: texts, env: texts, timeout: nullish(number) })),
)
const shape = fields({
  process: fields({ env: texts, apparmorProfile: nullish(text) }),
  hostname: nullish(text),
  domainname: nullish(text),
  mounts: nullish(
    listOf(
      fields({ destination: text, type: nullish(text), source: nullish(text), options: texts }),
    ),
  ),
  hooks: nullish(fields({ prestart: hooks, createRuntime: hooks, poststop: hooks })),
  annotations: table,
  linux: fields({
    namespaces: nullish(listOf(fields({ type: text, path: nullish(text) }))),
    sysctl: table,
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
  const fault = shape(value)
  if (fault) throw wrongShape(describeFault(fault))
  const draft = draftOfConfig(text)
  checkKeys(draft.root, value)
  return { config: configOf(value as Written), draft }
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
    annotations: annotations ?? {},
  }
}

function wrongShape(details: string): CniError {
  return new CniError({
    code: 7,
    message: `config.json is not the configuration of a Linux container: ${details}`,
    hint: 'Make the bundle again, for example with "runc spec".',
  })
}
