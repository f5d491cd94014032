import { usageError } from '@vethra/cni'
import { type GivenSettings, type SettingKey, settingFlags } from '@vethra/settings'

// What `bundle prepare` alone turns into files of a container, or into the default network.
const forBundles: ReadonlySet<SettingKey> = new Set([
  'dns',
  'dns_opts',
  'dns_search',
  'host_gateway_ip',
  'bridge_ip',
])

/** Throws CniError 103 for a global flag that the command would ignore silently. */
export function checkUsed(flags: GivenSettings, words: readonly string[]): void {
  const [command] = words
  if (command === undefined || command === 'bundle' || command === 'config') return
  const unused = settingFlags.find(({ toml }) => forBundles.has(toml) && toml in flags)
  if (unused === undefined) return
  throw usageError(
    `"vethra ${words.slice(0, 2).join(' ')}" takes no ${unused.flag}`,
    `Give it to "vethra bundle prepare", or set ${unused.toml} in vethra.toml.`,
  )
}
