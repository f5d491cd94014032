import {
  CniError,
  type ConfList,
  checkNetworkName,
  confError,
  explain,
  notFoundError,
  oneLine,
} from '@vethra/cni'
import { type ConfFileText, parseConfFile } from '@vethra/conflist'
import { validateList, waysNow, wholeList } from '@vethra/engine'
import type { ConfDir, Io, World } from '@vethra/world'

/** Prints for each conf list, all or those named, whether it can run, or its fault and place. Throws CniError 7 when one is bad. */
export async function validate(world: World, names: readonly string[], io: Io): Promise<void> {
  const networks = world.networks(world.resolved.settings.namespace)
  const files = names.length > 0 ? await named(world, names) : await networks.list()
  const owners = new Map<string, string>()
  let bad = 0
  for (const file of files) {
    const place = oneLine(file.file)
    try {
      const list = await load(networks, file)
      const capabilities = await validateList(world.runner, list, waysNow(world, list))
      const hidden = owners.get(list.name)
      owners.set(list.name, hidden ?? place)
      io.print(`${place}: network ${list.name} is good${told(list, capabilities, hidden)}`)
    } catch (fault) {
      if (!(fault instanceof CniError)) throw fault
      bad += 1
      io.print(`${place}: bad`)
      for (const line of explain(fault)) io.print(`  ${line}`)
    }
  }
  if (bad > 0) throw confError(`${bad} of ${files.length} conf files can't run`)
}

async function named({ files }: World, names: readonly string[]): Promise<readonly ConfFileText[]> {
  return Promise.all(
    names.map(async (file) => {
      const text = await files.read(file)
      if (text !== undefined) return { file, text }
      return { file, error: notFoundError(`${file} does not exist`) }
    }),
  )
}

async function load(networks: ConfDir, { file, text, error }: ConfFileText): Promise<ConfList> {
  if (error) throw error
  const list = parseConfFile(text ?? '', file)
  checkNetworkName(list.name)
  return wholeList(networks, { file, list })
}

function told(list: ConfList, capabilities: readonly string[], hidden: string | undefined): string {
  const version = `, version ${list.cniVersion || '0.1.0'}`
  const declared = capabilities.length > 0 ? `, capabilities ${capabilities.join(', ')}` : ''
  return `${version}${declared}${hidden ? `, but ${hidden} comes first for this name` : ''}`
}
