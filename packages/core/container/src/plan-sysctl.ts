import type { Config } from './config.ts'
import type { Edit } from './edit.ts'
import type { NetworkMode } from './network-mode.ts'

const key = 'net.ipv4.ip_unprivileged_port_start'

/** The edits for binding ports below 1024 without a capability; none in the host's namespace, or a container's, which may be that. */
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
