import { atHome, type Homes } from './homes.ts'
import type { Settings } from './settings.ts'

/** The default values; for a user, with the folders of the user. */
export function defaultsFor(homes: Homes | undefined): Pick<Settings, keyof typeof defaults> {
  const { dataRoot, cniNetconfpath, cniCache, socket } = defaults
  return {
    ...defaults,
    dataRoot: atHome(homes, dataRoot),
    cniNetconfpath: atHome(homes, cniNetconfpath),
    cniCache: atHome(homes, cniCache),
    socket: atHome(homes, socket),
  }
}

const defaults = {
  dataRoot: '/var/lib/vethra',
  address: '/run/containerd/containerd.sock',
  namespace: 'default',
  cniNetconfpath: '/etc/cni/net.d',
  cniCache: '/var/lib/cni',
  plugins: 'auto',
  logLevel: 'warn',
  pluginTimeoutMs: 60_000,
  // 16 MiB.
  pluginOutputLimit: 16_777_216,
  socket: '/run/vethra/vethra.sock',
  // At a thousand attachments a look costs a second: this keeps an idle daemon below half a percent of a core.
  reconcileIntervalMs: 300_000,
} as const

// nerdctl's list, in its order; Debian's package puts the plugins in the last one.
const pluginFolders = [
  '/opt/cni/bin',
  '/usr/local/libexec/cni',
  '/usr/local/lib/cni',
  '/home/linuxbrew/.linuxbrew/opt/cni-plugins/bin',
  '/usr/libexec/cni',
  '/usr/lib/cni',
] as const

/** The first of the usual plugin folders that exists, a user's own before the system's; or the system's first. */
export function pluginFolder(existing: (dir: string) => boolean, homes: Homes | undefined): string {
  const own = homes ? ownFolders.map((each) => `${homes.user}/${each}`) : []
  return [...own, ...pluginFolders].find(existing) ?? pluginFolders[0]
}

const ownFolders = ['opt/cni/bin', '.local/libexec/cni', '.local/lib/cni']
