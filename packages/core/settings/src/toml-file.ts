import { atHome, type Homes } from './homes.ts'
import { invalid } from './invalid.ts'

/** The path of the configuration file: `VETHRA_TOML`, or `/etc/vethra/vethra.toml`, where `atHome` has it. Throws CniError 103 when it is not an absolute path. */
export function tomlFile(env: Readonly<Record<string, string | undefined>>, homes?: Homes): string {
  const { VETHRA_TOML: named } = env
  if (named === undefined || named === '') return atHome(homes, '/etc/vethra/vethra.toml')
  if (named.startsWith('/')) return named
  throw invalid('VETHRA_TOML', named, {
    fault: 'is not an absolute path',
    hint: 'Give a path that begins with "/".',
  })
}
