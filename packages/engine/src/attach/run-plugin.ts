import {
  type ConfList,
  isSameNamespace,
  type NamespaceIdentity,
  type PluginCall,
} from '@vethra/cni'
import { bridgeOf } from '@vethra/firewall'
import { linkKindOf } from '@vethra/plugins'
import type { LinkInside, NamespaceFacts } from '@vethra/world'
import { resultOf } from './cached-list.ts'
import { outcomeOf } from './failures.ts'
import type { ProgramOutcome } from './next-step.ts'
import { isReplaced } from './replaced.ts'
import { runInTurn, type SharedRules, type TurnTools } from './take-turns.ts'

/** The parts that run the plugins of one attachment. */
export interface PluginTools extends TurnTools {
  readonly netns: Pick<NamespaceFacts, 'linkAt' | 'hasLink' | 'look'>
}

/** The attachment that a plugin is run for. */
export interface PluginContext {
  readonly list: ConfList
  /** Whether the interface is the attachment's; else DEL gets no netns unless the first plugin makes such: it may be another runtime's. */
  readonly isMade: boolean
  /** The text of the result of ADD, or of its plugins so far: DEL is given no namespace where another interface has the name by now. */
  readonly result?: string | undefined
  /** Whether there was no such interface when this ADD began: a veth that is on no bridge yet is what it left half made. */
  readonly wasFree?: boolean
  /** The namespace that ADD was for: DEL is given none where another one is at its path by now. */
  readonly identity?: NamespaceIdentity | undefined
  /** The shared rules, where they have been read. */
  readonly rules?: SharedRules
}

/** Runs one plugin of an attachment, and returns what it printed, or its error. An ADD that makes rules which others share takes turns. */
export async function runPlugin(
  tools: PluginTools,
  context: PluginContext,
  call: PluginCall,
): Promise<ProgramOutcome> {
  if (call.operation === 'ADD') return outcomeOf(runInTurn(tools, context, call))
  const spared = sparingOthers(tools.netns, context, call)
  return outcomeOf(spared.then((each) => tools.runner.run(each)))
}

// `lo` is made by no plugin.
async function sparingOthers(
  facts: PluginTools['netns'],
  context: PluginContext,
  call: PluginCall,
): Promise<PluginCall> {
  const { operation, netns, ifname } = call
  if (operation !== 'DEL' || netns === '') return call
  const isOthers =
    ifname === 'lo' ||
    (context.identity && isSameNamespace(context.identity, await facts.look(netns)) === false) ||
    (context.isMade
      ? await isReplaced(facts, call, resultOf(context))
      : await wasThereBefore(facts, context, call))
  return isOthers ? { ...call, netns: '' } : call
}

async function wasThereBefore(
  { linkAt }: PluginTools['netns'],
  { list, wasFree = false }: PluginContext,
  { netns, ifname }: PluginCall,
): Promise<boolean> {
  const link = await linkAt(netns, ifname)
  return link !== undefined && !mayBeMadeBy(list, link, wasFree)
}

// A plugin of a type that is not known here may make any interface.
function mayBeMadeBy(
  list: ConfList,
  { kind, bridge, isAlias }: LinkInside,
  wasFree: boolean,
): boolean {
  // An ADD fails at such a name, and DEL would delete the interface that has it.
  if (isAlias) return false
  const type = list.plugins[0]?.type ?? ''
  const made = linkKindOf(type)
  if (made === undefined) return true
  if (kind !== made) return false
  if (type !== 'bridge') return kind !== 'veth' || !bridge
  return bridge === bridgeOf(list) || (wasFree && bridge === '')
}
