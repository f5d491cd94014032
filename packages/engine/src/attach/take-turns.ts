import { type ConfList, goField, guards, type Json, onCniError, type PluginCall } from '@vethra/cni'
import { networkRulesReady, type SavedRules, sharedRulesReady } from '@vethra/firewall'
import type { World } from '@vethra/world'

/** The ports that serialize plugins which write rules that networks share. */
export type TurnTools = Pick<World, 'runner' | 'lock' | 'rules' | 'places'> & {
  /** Waits for the plugins that killed operations have left running. Default: there are none. */
  readonly afterKilled?: () => Promise<void>
}

/** The rules that plugins share, as they were read; undefined where they were not. */
export type SharedRules = readonly SavedRules[] | undefined

const sharing: readonly string[] = ['portmap', 'firewall']

/** The rules of IPv4, where a plugin of the list shares some with others; undefined where they cannot be read. */
export async function readSharedRules(
  { rules }: Pick<TurnTools, 'rules'>,
  { plugins }: Pick<ConfList, 'plugins'>,
): Promise<SharedRules> {
  if (!plugins.some(({ type }) => sharing.includes(type))) return undefined
  return rules.save([4]).catch(onCniError(() => undefined))
}

/**
 * Runs the ADD of a plugin. An ADD that makes rules which others share (portmap, firewall) runs
 * alone while those rules are missing: plugins check, then append, so two at once would make some
 * twice. Once the rules exist no ADD waits; one that had to wait looks again. Rules that are given, by
 * `readSharedRules`, spare the first look.
 */
export async function runInTurn(
  tools: TurnTools,
  { list, rules: known }: { readonly list: ConfList; readonly rules?: SharedRules },
  call: PluginCall,
): Promise<string> {
  const { runner, places, rules } = tools
  if (!sharing.includes(call.type)) return runner.run(call)
  const families = familiesOf(call)
  const look = async () => rulesReady(await rules.save(families), list, call)
  const seen = known && families.length === 1 ? rulesReady(known, list, call) : await look()
  if (seen.shared && seen.own) return runner.run(call)
  const turn = <T>(ready: boolean, path: string, work: () => Promise<T>) =>
    ready ? work() : holdQuiet(tools, path, work)
  const done = await turn(seen.own, guards.isolation(places, list.name), async () => {
    const now = seen.own ? seen : await look()
    const first = await turn(now.shared, guards['shared-chains'](places), async () =>
      now.shared || (await look()).shared ? undefined : runner.run(call),
    )
    return first ?? (now.own ? undefined : runner.run(call))
  })
  // Whoever was first has made the rules meanwhile: nobody need wait any more.
  return done ?? runner.run(call)
}

/** Runs `work` under the lock of the rules that networks share, or of those of this one. */
export async function alone<T>(
  tools: Pick<TurnTools, 'lock' | 'places' | 'afterKilled'>,
  network: string,
  work: () => Promise<T>,
): Promise<T> {
  return holdQuiet(tools, guards.isolation(tools.places, network), () =>
    holdQuiet(tools, guards['shared-chains'](tools.places), work),
  )
}

// The plugin of a holder that was killed goes on without the lock.
async function holdQuiet<T>(
  { lock, afterKilled }: Pick<TurnTools, 'lock' | 'afterKilled'>,
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  return lock.hold(path, async (isLeft) => {
    if (isLeft) await afterKilled?.()
    return work()
  })
}

// Plugins make rules in the families of the addresses that the interface has got.
function familiesOf({ stdin }: PluginCall): readonly (4 | 6)[] {
  const ips = goField(goField(JSON.parse(stdin), 'prevResult'), 'ips')
  const has6 = Array.isArray(ips) && ips.some((ip) => String(goField(ip, 'address')).includes(':'))
  return has6 ? [4, 6] : [4]
}

// Where the rules cannot be looked at, there is nothing to wait for.
function rulesReady(
  saved: readonly SavedRules[],
  list: ConfList,
  { type, stdin }: PluginCall,
): { readonly shared: boolean; readonly own: boolean } {
  const runtime: Json = goField(JSON.parse(stdin), 'runtimeConfig') ?? null
  const mappings = goField(runtime, 'portMappings')
  const ports = Array.isArray(mappings) && mappings.length > 0
  // The bridge stays: its name says which rules isolate the network.
  const plugins = list.plugins.filter((each) => each.type === type || each.type === 'bridge')
  const own = { ...list, plugins }
  return {
    shared: saved.every(({ text }) => sharedRulesReady(text, own, ports)),
    own: saved.every(({ text }) => networkRulesReady(text, own)),
  }
}
