import { guards, type Lock, type LockPlaces } from '@vethra/lock'
import { networkRulesReady, type RuleSets, type SavedRules, sharedRulesReady } from '@vethra/model'
import { type Attachment, type ConfList, goField } from '@vethra/spec'
import type { PluginCall } from './plugin-call.ts'
import type { PluginRunner } from './plugin-runner.ts'

/** What attachments are made with where others make some at the same time. */
export interface TurnTools {
  readonly runner: PluginRunner
  readonly lock: Lock
  readonly rules: RuleSets
  readonly places: LockPlaces
}

/**
 * A runner that lets the plugins of an ADD which make rules that others share (portmap, firewall) run
 * one at a time while those rules do not exist: they make them check-then-append, so two at once would
 * make some twice. Once the rules are there nobody waits. They are looked at while the plugins before
 * run, and again by whoever had to wait.
 */
export function takingTurns(
  tools: TurnTools,
  list: ConfList,
  attachment: Attachment,
): PluginRunner {
  const { runner, lock, places } = tools
  if (!list.plugins.some(({ type }) => sharing.includes(type))) return runner
  let early: Promise<Looked> | undefined
  const turn = <T>(ready: boolean, path: string, work: () => Promise<T>) =>
    ready ? work() : lock.hold(path, work)
  return {
    run: async (call) => {
      if (call.operation !== 'ADD') return runner.run(call)
      if (!sharing.includes(call.type)) {
        const running = runner.run(call)
        early ??= lookAt(tools.rules, list, attachment)
        // When no plugin that shares rules comes to run, a failure of this is of no matter.
        early.catch(() => undefined)
        return running
      }
      const families = hasIpv6(call) ? ([4, 6] as const) : ([4] as const)
      const look = async (saved = tools.rules.save(families)) =>
        rulesReady(await saved, { ...list, plugins: pluginsOf(list, call) }, attachment)
      const seen = families.length === 1 ? await early : undefined
      if (seen?.ready) return runner.run(call)
      const { shared, own } = await look(seen && Promise.resolve(seen.saved))
      if (shared && own) return runner.run(call)
      const done = await turn(own, guards.isolation(places, list.name), async () => {
        const now = own ? { shared, own } : await look()
        const first = await turn(now.shared, guards['shared-chains'](places), async () =>
          now.shared || (await look()).shared ? undefined : runner.run(call),
        )
        return first ?? (now.own ? undefined : runner.run(call))
      })
      // Whoever was first has made the rules meanwhile: nobody need wait any more.
      return done ?? runner.run(call)
    },
  }
}

const sharing: readonly string[] = ['portmap', 'firewall']

/** What was seen of the rules before any plugin needed them. */
interface Looked {
  readonly saved: readonly SavedRules[]
  /** Whether all that any plugin of the network shares is there: then none need look again. */
  readonly ready: boolean
}

async function lookAt(rules: RuleSets, list: ConfList, attachment: Attachment): Promise<Looked> {
  const saved = await rules.save([4])
  const { shared, own } = rulesReady(saved, list, attachment)
  return { saved, ready: shared && own }
}

function pluginsOf(list: ConfList, { type }: PluginCall): ConfList['plugins'] {
  // The bridge stays: its name says which rules isolate the network.
  return list.plugins.filter((each) => each.type === type || each.type === 'bridge')
}

// Plugins make rules in the families of the addresses that the interface has got.
function hasIpv6({ stdin }: PluginCall): boolean {
  const ips = goField(goField(JSON.parse(stdin), 'prevResult') ?? null, 'ips')
  return Array.isArray(ips) && ips.some((ip) => String(goField(ip, 'address')).includes(':'))
}

/** Runs `work` while nobody else makes rules that networks share, or those of this one. */
export async function alone<T>(
  { lock, places }: TurnTools,
  network: string,
  work: () => Promise<T>,
): Promise<T> {
  return lock.hold(guards.isolation(places, network), () =>
    lock.hold(guards['shared-chains'](places), work),
  )
}

// Where the rules cannot be looked at, there is nothing to wait for.
function rulesReady(
  saved: readonly SavedRules[],
  list: ConfList,
  { capabilityArgs }: Attachment,
): { readonly shared: boolean; readonly own: boolean } {
  const { portMappings } = capabilityArgs
  const ports = Array.isArray(portMappings) && portMappings.length > 0
  return {
    shared: saved.every(({ text }) => sharedRulesReady(text, list, ports)),
    own: saved.every(({ text }) => networkRulesReady(text, list)),
  }
}
