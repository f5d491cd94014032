import { guards, type Lock, type LockPlaces } from '@vethra/lock'
import { networkRulesReady, type RuleSets, sharedRulesReady } from '@vethra/model'
import type { ParsedResult } from '@vethra/result'
import type { Attachment, ConfList } from '@vethra/spec'
import { type AttachTools, attach } from './attach.ts'

/** What attachments are made with where others make some at the same time. */
export interface TurnTools extends AttachTools {
  readonly lock: Lock
  readonly rules: RuleSets
  readonly places: LockPlaces
}

/**
 * Whether rules are missing that plugins of the list make check-then-append, for all networks or for
 * this one: two at once would make some twice.
 */
export async function mustTakeTurns(
  tools: TurnTools,
  list: ConfList,
  attachment: Attachment,
): Promise<boolean> {
  if (!list.plugins.some(({ type }) => type === 'portmap' || type === 'firewall')) return false
  const { shared, own } = await rulesReady(tools, list, attachment)
  return !(shared && own)
}

/**
 * Attaches when it is this one's turn. The first makes the rules that others share; whoever waited
 * meanwhile finds them there, and lets go of the lock at once: undefined then, and nothing was done.
 */
export async function attachInTurn(
  tools: TurnTools,
  list: ConfList,
  attachment: Attachment,
): Promise<ParsedResult | undefined> {
  const { lock, places } = tools
  return lock.hold(guards.isolation(places, list.name), async () => {
    const { shared, own } = await rulesReady(tools, list, attachment)
    const first = shared
      ? undefined
      : await lock.hold(guards['shared-chains'](places), async () =>
          (await rulesReady(tools, list, attachment)).shared
            ? undefined
            : attach(tools, list, attachment),
        )
    return first ?? (own ? undefined : attach(tools, list, attachment))
  })
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
async function rulesReady(
  { rules }: TurnTools,
  list: ConfList,
  { capabilityArgs }: Attachment,
): Promise<{ readonly shared: boolean; readonly own: boolean }> {
  const [saved] = await rules.save([4])
  if (saved === undefined) return { shared: true, own: true }
  const { portMappings } = capabilityArgs
  const ports = Array.isArray(portMappings) && portMappings.length > 0
  return {
    shared: sharedRulesReady(saved.text, list, ports),
    own: networkRulesReady(saved.text, list),
  }
}
