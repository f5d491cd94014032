import {
  type CniError,
  type ConfList,
  confError,
  notFoundError,
  type PluginConf,
} from '@vethra/cni'
import { parseConfFile } from './conf-file.ts'
import { parsePluginConf } from './conf-list.ts'
import { properties, readJson } from './json-text.ts'

/** A file of a conf list folder: its text, or why it could not be read. */
export interface ConfFileText {
  /** Absolute path. */
  readonly file: string
  readonly text?: string
  /** When it was last changed: RFC 3339, in UTC. */
  readonly modified?: string
  readonly error?: CniError
}

/** The first `.conflist` by path with the name, else `.conf` or `.json` (libcni, LoadNetworkConf). Broken files hide none. Throws CniError 101. */
export function selectConfList(
  files: readonly ConfFileText[],
  name: string,
  folder: string,
): { readonly file: string; readonly list: ConfList } {
  const faults: unknown[] = []
  for (const each of inOrder(files)) {
    try {
      if (each.error) throw each.error
      const list = parseConfFile(each.text ?? '', each.file)
      if (list.name === name) return { file: each.file, list }
    } catch (fault) {
      faults.push(fault)
    }
  }
  throw files.length > 0
    ? notFound(name, folder, faults)
    : notFoundError(
        `no net configurations found in ${folder}`,
        'Create a network with "vethra network create", or name the folder with --cni-netconfpath or NETCONFPATH.',
      )
}

/** The list with plugins of its drop-in folder (SPEC 1.1.0, "loadOnlyInlinedPlugins"). Throws CniError 6 or 7 naming the file, 7 for no plugin. */
export function withDropIns(list: ConfList, dropIns: readonly ConfFileText[]): ConfList {
  const extra = list.loadOnlyInlinedPlugins ? [] : dropIns
  const plugins = extra.map(({ file, text, error }) => {
    if (error) throw error
    return parsePluginConf(text ?? '', `cannot use ${file}: error parsing configuration`)
  })
  const all = [...list.plugins, ...plugins]
  if (plugins.length > 0) return { ...list, plugins: all, text: textWith(list, all) }
  if (all.length > 0) return list
  throw confError(
    `no plugin configs found in network ${JSON.stringify(list.name)}`,
    'Give the list a "plugins" key, or put plugin files into the folder of its name.',
  )
}

// What the cache keeps must have the drop-ins too, for the folder may have changed by DEL.
function textWith(list: ConfList, plugins: readonly PluginConf[]): string {
  const own = properties(readJson(list.text, 'error parsing configuration list'))
    .filter(({ key }) => key !== 'plugins')
    .map(({ source }) => source)
  return `{${[...own, `"plugins":[${plugins.map(({ text }) => text).join(',')}]`].join(',')}}`
}

function inOrder(files: readonly ConfFileText[]): readonly ConfFileText[] {
  const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : 1))
  const isList = ({ file }: ConfFileText) => file.endsWith('.conflist')
  return [...sorted.filter(isList), ...sorted.filter((each) => !isList(each))]
}

function notFound(name: string, folder: string, faults: readonly unknown[]): CniError {
  const quoted = JSON.stringify(name)
  return notFoundError(`no net configuration with name ${quoted} in ${folder}`, {
    hint: 'List the networks with "vethra network ls", or create it with "vethra network create".',
    ...(faults.length > 0
      ? { cause: new AggregateError(faults, 'some files could not be read') }
      : {}),
  })
}
