import { type ConfList, goField, type JsonObject } from '@vethra/cni'
import { whyIpamProgram, whyProgram } from './registry.ts'

/** Which plugins run in this process: `native` all built in, `exec` none, `auto` those of Vethra's and nerdctl's networks. */
export type PluginChoice = 'auto' | 'native' | 'exec'

/** How one plugin of an attachment ran: planned in this process, or as a program. */
export interface PluginWay {
  readonly type: string
  readonly way: 'native' | 'exec'
  /** Where the plugin is planned in this process and its IPAM plugin is a program. */
  readonly ipam?: 'exec'
}

/** The ways of a list's plugins, in its order, by choice and by what is built in. */
export function waysOf(list: ConfList, choice: PluginChoice): readonly PluginWay[] {
  const isWanted = choice === 'native' || (choice === 'auto' && hasId(list))
  return list.plugins.map(({ type, text }, index) => {
    const conf: JsonObject = JSON.parse(text)
    const byProgram = whyIpamProgram(conf) !== undefined
    // A link comes before addresses at the beginning of a chain alone.
    const isBuiltIn = whyProgram(conf) === undefined && (index === 0 || !byProgram)
    if (!isWanted || !isBuiltIn) return { type, way: 'exec' }
    return { type, way: 'native', ...(byProgram ? { ipam: 'exec' } : {}) }
  })
}

/** Whether the plugin at a position went native by `ways` of ADD: one of another type in its place did not. */
export function isNative(
  { plugins }: ConfList,
  ways: readonly PluginWay[] | undefined,
  index: number,
): boolean {
  const found = ways?.[index]
  return found?.way === 'native' && found.type === plugins[index]?.type
}

// nerdctl and Vethra mark their networks by the first, and Vethra those that nerdctl may not remove by the other.
function hasId({ text }: ConfList): boolean {
  const list: JsonObject = JSON.parse(text)
  return ['nerdctlID', 'vethraID'].some((key) => goField(list, key) !== undefined)
}
