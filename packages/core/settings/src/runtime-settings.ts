import { isObject, isTexts } from '@vethra/cni'
import type { RuntimeMode, RuntimeSettings } from './settings.ts'
import type { TomlTable } from './toml.ts'
import { invalid } from './toml.ts'

/** The settings without the table. */
export const defaultRuntime: RuntimeSettings = { binary: 'runc', ports: [1024, 65_535], modes: [] }

/** The places where the settings of the OCI runtime may be given. */
interface RuntimePlaces {
  readonly env: Readonly<Record<string, string | undefined>>
  /** vethra.toml; absent when there is no such file. */
  readonly toml?: { readonly runtime?: RuntimeSettings }
}

/** The settings of the OCI runtime: `VETHRA_RUNTIME` before the table in vethra.toml. Throws CniError 103 that names the variable. */
export function resolveRuntime({ env, toml }: RuntimePlaces): RuntimeSettings {
  const { VETHRA_RUNTIME: named } = env
  const settings = toml?.runtime ?? defaultRuntime
  return named ? { ...settings, binary: readBinary('VETHRA_RUNTIME', named) } : settings
}

/** The table `runtime` of vethra.toml. Throws CniError 103 naming the file and the unknown or invalid key. */
export function readRuntimeTable(file: string, table: unknown): RuntimeSettings {
  checkKeys(file, table)
  return {
    binary: readRuntimeBinary(file, table),
    ports: readPorts(whereOf(file, 'ports'), table['ports']),
    modes: readModes(whereOf(file, 'modes'), table['modes'] ?? []),
    ...networksOf(whereOf(file, 'networks'), table),
  }
}

/** `binary` of the table `runtime` of vethra.toml, whatever the limits are. Throws CniError 103 for an invalid one, and for an unknown key. */
export function readRuntimeBinary(file: string, table: unknown = {}): string {
  // One of them may be this one, misspelt.
  checkKeys(file, table)
  return readBinary(whereOf(file, 'binary'), table['binary'] ?? defaultRuntime.binary)
}

const keys = ['binary', 'networks', 'ports', 'modes']

function checkKeys(file: string, table: unknown): asserts table is TomlTable {
  if (!isObject(table))
    throw invalid(
      { where: `runtime in ${file}`, value: table },
      'is not a table',
      'Write its keys below [runtime].',
    )
  const unknown = Object.keys(table).find((each) => !keys.includes(each))
  if (unknown === undefined) return
  throw invalid(
    { where: whereOf(file, unknown), value: unknown },
    'is no setting',
    `Use one of ${keys.join(', ')}.`,
  )
}

function whereOf(file: string, key: string): string {
  return `runtime.${key} in ${file}`
}

// A relative path would depend on the working directory.
function readBinary(where: string, value: unknown): string {
  const isRelative = typeof value === 'string' && value.includes('/') && !value.startsWith('/')
  // No regular expression: a process's first takes 0.3 ms, and each call of the runtime comes here.
  if (typeof value === 'string' && value !== '' && !isRelative && ![...value].some(isControl))
    return value
  throw invalid({ where, value }, 'is no program', 'Give a name on PATH, or an absolute path.')
}

function isControl(character: string): boolean {
  return character < ' '
}

function readPorts(where: string, value: unknown): RuntimeSettings['ports'] {
  if (value === undefined) return defaultRuntime.ports
  const [, first = '', last = first] =
    /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(typeof value === 'string' ? value : '') ?? []
  const ports = [Number(first), Number(last)] as const
  if (first !== '' && ports[0] >= 1 && ports[0] <= ports[1] && ports[1] <= 65_535) return ports
  throw invalid({ where, value }, 'is not a range of ports', 'Write one like "1024-65535".')
}

function readModes(where: string, value: unknown): readonly RuntimeMode[] {
  const modes = ['host', 'ns', 'container'] as const
  const known = (each: unknown): each is RuntimeMode => modes.some((mode) => mode === each)
  if (Array.isArray(value) && value.every(known)) return value
  throw invalid({ where, value }, 'is not a list of modes', 'Use "host", "ns" and "container".')
}

function networksOf(where: string, { networks }: TomlTable): Pick<RuntimeSettings, 'networks'> {
  if (networks === undefined) return {}
  if (isTexts(networks)) return { networks }
  throw invalid(
    { where, value: networks },
    'is not an array of strings',
    'Write networks = ["lan"].',
  )
}
