import type { GivenFile } from './resolve-settings.ts'
import { invalid, shown, subtable, type TomlTable } from './toml.ts'

// The CRI plugin's table, by version of the file. A file without a version is of version 1.
const criPlugins: Readonly<Record<string, string>> = {
  1: 'cri',
  2: 'io.containerd.grpc.v1.cri',
  3: 'io.containerd.cri.v1.runtime',
}

/** The CNI folders in containerd's config.toml, versions 1 to 3: `bin_dirs`, `bin_dir`, `conf_dir`. Throws CniError 103 for another version. */
export function readContainerdConfig(file: string, table: TomlTable): GivenFile {
  const { version: given = 1 } = table
  const version = shown(given)
  const plugin = Object.hasOwn(criPlugins, version) ? criPlugins[version] : undefined
  if (plugin === undefined) {
    throw invalid(
      { where: `version in ${file}`, value: version },
      'is not known',
      'Use version 1, 2 or 3.',
    )
  }
  const cni = subtable(subtable(subtable(table, 'plugins'), plugin), 'cni')
  const binDirs = folders(file, cni, 'bin_dirs')
  const found = binDirs.length > 0 ? binDirs : folders(file, cni, 'bin_dir')
  const [confDir] = folders(file, cni, 'conf_dir')
  return {
    file,
    settings: {
      ...(found.length > 0 ? { cni_path: found } : {}),
      ...(confDir === undefined ? {} : { cni_netconfpath: confDir }),
    },
  }
}

function folders(file: string, cni: TomlTable | undefined, key: string): readonly string[] {
  const value = cni?.[key] ?? []
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value]
  return texts.filter((text) => text !== '').map((text) => readText(`${key} in ${file}`, text))
}

function readText(where: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw invalid({ where, value }, 'is not a string', 'Write a path in quotes.')
}
