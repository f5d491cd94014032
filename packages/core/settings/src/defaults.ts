import type { Settings } from './settings.ts'

/** The default values. */
export const defaults: Pick<
  Settings,
  | 'dataRoot'
  | 'address'
  | 'namespace'
  | 'cniNetconfpath'
  | 'cniCache'
  | 'plugins'
  | 'logLevel'
  | 'pluginTimeoutMs'
  | 'pluginOutputLimit'
  | 'socket'
  | 'reconcileIntervalMs'
> = {
  dataRoot: '/var/lib/vethra',
  address: '/run/containerd/containerd.sock',
  namespace: 'default',
  cniNetconfpath: '/etc/cni/net.d',
  cniCache: '/var/lib/cni',
  plugins: 'auto',
  logLevel: 'warn',
  pluginTimeoutMs: 60_000,
  pluginOutputLimit: 16 * 1024 * 1024,
  socket: '/run/vethra/vethra.sock',
  // At a thousand attachments a look costs a second: this keeps an idle daemon below half a percent of a core.
  reconcileIntervalMs: 300_000,
}

// nerdctl's list, in its order; Debian's package puts the plugins in the last one.
const pluginFolders = [
  '/opt/cni/bin',
  '/usr/local/libexec/cni',
  '/usr/local/lib/cni',
  '/home/linuxbrew/.linuxbrew/opt/cni-plugins/bin',
  '/usr/libexec/cni',
  '/usr/lib/cni',
] as const

/** The first of the usual plugin folders that exists, or the first of all. */
export function pluginFolder(existing: (dir: string) => boolean): string {
  return pluginFolders.find(existing) ?? pluginFolders[0]
}
