import { isObject, isTexts } from '@vethra/cni'
import type { GivenFile } from './resolve-settings.ts'
import { readRuntimeTable } from './runtime-settings.ts'
import { settingFlags } from './setting-flags.ts'
import type { GivenSettings } from './settings.ts'
import type { TomlTable } from './toml.ts'
import { invalid } from './toml.ts'

/** The settings in vethra.toml's table: strings, numbers for times and sizes, arrays or one string. Throws CniError 103 naming file and key. */
export function readVethraToml(file: string, table: TomlTable): GivenFile {
  const { runtime, ...others } = table
  const entries = Object.entries(others).map(([key, value]) => {
    const where = `${key} in ${file}`
    if (settingFlags.some((row) => row.toml === key)) return [key, readValue(where, key, value)]
    throw invalid({ where, value: key }, 'is no setting', `Use one of ${keys()}.`)
  })
  const settings = Object.fromEntries(entries) as GivenSettings
  if (runtime === undefined) return { file, settings }
  return { file, settings, runtime: readRuntimeTable(file, runtime) }
}

const numbers: readonly string[] = ['plugin_timeout', 'plugin_output_limit', 'reconcile_interval']

function keys(): string {
  return [...settingFlags.map((row) => row.toml), 'runtime'].join(', ')
}

function readValue(where: string, key: string, value: unknown): string | readonly string[] {
  if (key === 'address_pools') return readPools(where, value)
  if (numbers.includes(key)) return readNumber(where, value)
  const row = settingFlags.find((each) => each.toml === key)
  if (typeof value === 'string') return value
  if (row?.repeated && isTexts(value)) return value
  if (key === 'cni_path' && isTexts(value)) return value.join(':')
  const wanted = row?.repeated || key === 'cni_path' ? 'an array of strings' : 'a string'
  const example = wanted === 'a string' ? '"…"' : '["…"]'
  throw invalid({ where, value }, `is not ${wanted}`, `Write ${key} = ${example}.`)
}

function readNumber(where: string, value: unknown): string {
  if (typeof value === 'number' || typeof value === 'string') return String(value)
  throw invalid({ where, value }, 'is not a number', 'Write a number, such as 30.')
}

const poolsHint = 'Write address_pools = [{ base = "10.64.0.0/12", size = 24 }].'

function readPools(where: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw invalid({ where, value }, 'is not an array of tables', poolsHint)
  return value.map((pool) => {
    const { base, size, ...more } = isObject(pool) ? pool : {}
    if (typeof base === 'string' && typeof size === 'number' && Object.keys(more).length === 0)
      return `base=${base},size=${size}`
    throw invalid({ where, value: pool }, 'is not a table with base and size', poolsHint)
  })
}
