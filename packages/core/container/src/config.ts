import { confError } from '@vethra/cni'
import { configFault } from './config-fault.ts'
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
