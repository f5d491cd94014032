import { realpathSync } from 'node:fs'
import type { PluginHost } from '@vethra/cni-plugin'
import { makeFolder, readText, removeFile, writeWhole } from '@vethra/files'
import { checkNetns } from '@vethra/linux'
import { hasIptablesChain, netlinkKernel } from '@vethra/linux/netlink'
import { pluginFile } from '@vethra/plugin-exec/programs'
import type { Io } from '@vethra/world'
import { zoneRecords } from './folders-here.ts'
import { ipamHere } from './ipam-here.ts'
import { resolversHere, sysctlAllowlistHere } from './resolvers-here.ts'

/** The host of a plugin that this process is: its kernel by netlink sockets, other plugins by `path`, the folders of `CNI_PATH`. */
export function pluginHostHere(path: readonly string[], io: Io): PluginHost {
  const folders = path.filter((folder) => folder.startsWith('/'))
  return {
    attachments: netlinkKernel({ zoneRecords }),
    ipamAt: ipamHere,
    resolvers: resolversHere,
    sysctlAllowlist: sysctlAllowlistHere,
    programs: {
      run: async (call) => {
        const { bunPluginExec } = await import('@vethra/plugin-exec/bun')
        return bunPluginExec({ path: folders, env: io.env }).run(call)
      },
    },
    rules: async () => (await import('./iptables-here.ts')).iptablesRules(),
    checkNetns,
    files: { read: readText, write: writeWhole, makeFolder, remove: removeFile },
    hasChain: async (table, chains) => hasIptablesChain(table, chains),
    isProgram: (type) => isOthers(type, folders, io.program[0] ?? ''),
  }
}

function isOthers(type: string, folders: readonly string[], own: string): boolean {
  if (folders.length === 0) return false
  const file = pluginFile(type, folders)
  return file !== undefined && realpathSync(file) !== realpathSync(own)
}
