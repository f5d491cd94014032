import { realpathSync } from 'node:fs'
import type { PluginHost } from '@vethra/cni-plugin'
import { makeFolder, readText, removeFile, writeWhole } from '@vethra/files'
import { checkNetns } from '@vethra/linux'
import { pluginFile } from '@vethra/plugin-exec/programs'
import type { AttachmentKernel, Io } from '@vethra/world'
import { resolversHere, sysctlAllowlistHere } from './resolvers-here.ts'

/** The host of a plugin that this process is: its kernel by netlink sockets, other plugins by `path`, the folders of `CNI_PATH`. Most of it is loaded when it is asked for. */
export function pluginHostHere(path: readonly string[], io: Io): PluginHost {
  const folders = path.filter((folder) => folder.startsWith('/'))
  return {
    attachments: kernelWhenAsked(),
    ipamAt: async (dataDir) => (await import('./ipam-here.ts')).ipamHere(dataDir),
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
    hasChain: async (table, chains) => (await kernelHere()).hasIptablesChain(table, chains),
    isProgram: (type) => isOthers(type, folders, io.program[0] ?? ''),
  }
}

function kernelHere() {
  return import('./plugin-kernel-here.ts')
}

// It is half of the code of a plugin, and one that has nothing to change asks for none of it.
function kernelWhenAsked(): AttachmentKernel {
  const kernel = async () => (await kernelHere()).kernel
  return {
    facts: async (...given) => (await kernel()).facts(...given),
    observe: async (...given) => (await kernel()).observe(...given),
    lookInside: async (...given) => (await kernel()).lookInside(...given),
    publishedTo: async (...given) => (await kernel()).publishedTo(...given),
    effects: async (...given) => (await kernel()).effects(...given),
    marked: async () => (await kernel()).marked(),
    isTableWhole: async () => (await kernel()).isTableWhole(),
    fillTable: async () => (await kernel()).fillTable(),
    strange: async () => (await kernel()).strange(),
    holdingSockets: async (netns, work) => {
      const opened = await kernel()
      return opened.holdingSockets?.(netns, work) ?? work(opened)
    },
    apply: async (...given) => (await kernel()).apply(...given),
  }
}

function isOthers(type: string, folders: readonly string[], own: string): boolean {
  if (folders.length === 0) return false
  const file = pluginFile(type, folders)
  return file !== undefined && realpathSync(file) !== realpathSync(own)
}
