import { invalid } from './invalid.ts'

/** The path of the configuration file: `VETHRA_TOML`, or `/etc/vethra/vethra.toml`. Throws CniError 103 when it is no absolute path. */
export function tomlFile(env: Readonly<Record<string, string | undefined>>): string {
  const { VETHRA_TOML: named } = env
  if (named === undefined || named === '') return '/etc/vethra/vethra.toml'
  if (named.startsWith('/')) return named
  throw invalid('VETHRA_TOML', named, 'is no absolute path', 'Give a path that begins with "/".')
}
