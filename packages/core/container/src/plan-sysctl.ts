import type { Config } from './config.ts'
import type { Edit } from './edit.ts'
import type { NetworkMode } from './network-mode.ts'

const key = 'net.ipv4.ip_unprivileged_port_start'

/**
 * The edits that let a container bind ports below 1024 without a capability, in a network
 * namespace that is not the host's. A namespace shared with a container is left to that
 * container: it may be the host's, where runc refuses the setting.
 */
export function planSysctl(config: Config, mode: NetworkMode): readonly Edit[] {
  const path = ['linux', 'sysctl', key]
  const present = config.sysctl[key]
  if (mode === 'host' || mode === 'container') {
    if (present !== '0') return []
    return [{ kind: 'remove', path, note: `remove the sysctl ${key}` }]
  }
  if (present !== undefined) return []
  return [{ kind: 'set', path, value: '0', note: `set the sysctl ${key} to 0` }]
}
