import { attachmentLeftovers, type RuleSets, type SavedRules } from '@vethra/model'
import { CniError } from '@vethra/spec'
import type { PluginRunner } from './plugin-runner.ts'

/** The attachment that rules were made for, as far as their chains are named by it. */
interface Attached {
  readonly network: string
  readonly attachment: { readonly containerId: string }
}

interface SweepTools {
  readonly runner: PluginRunner
  readonly rules: RuleSets
}

/**
 * A runner that looks at the rules while the last plugin of a DEL runs in a namespace that is gone:
 * `bridge` and `ptp` leave their masquerading behind then, so it will be asked for. `rules` gives what
 * was seen last; undefined when nothing was looked at.
 */
export function lookingEarly({ runner, rules }: SweepTools): {
  readonly runner: PluginRunner
  readonly rules: () => Promise<readonly SavedRules[]> | undefined
} {
  let seen: Promise<readonly SavedRules[]> | undefined
  const run: PluginRunner['run'] = (call) => {
    const running = runner.run(call)
    const leaves = ['bridge', 'ptp'].includes(call.type)
    if (leaves && call.operation === 'DEL' && call.netns === '') {
      seen = rules.save()
      // A failure comes up where the rules are looked at again.
      seen.catch(() => undefined)
    }
    return running
  }
  return { runner: { run }, rules: () => seen }
}

/**
 * Removes what plugins leave of attachments: Debian's bridge its masquerading when the netns is gone, and
 * portmap what lost its ports. `early` is what was seen before the last plugin ended: when that is not
 * how things are now, the rules are looked at again.
 */
export async function sweep(
  { rules }: SweepTools,
  attached: readonly Attached[],
  early?: Promise<readonly SavedRules[]>,
): Promise<void> {
  if (attached.length === 0) return
  const seen = await early?.catch(() => undefined)
  if (seen && (await isRemoved(rules, attached, seen))) return
  await remove(rules, attached, await rules.save())
}

async function isRemoved(...args: Parameters<typeof remove>): Promise<boolean> {
  try {
    await remove(...args)
    return true
  } catch (error) {
    // What was seen has changed: a transaction that names a rule which is gone does nothing.
    if (error instanceof CniError) return false
    throw error
  }
}

async function remove(
  rules: RuleSets,
  attached: readonly Attached[],
  saved: readonly SavedRules[],
): Promise<void> {
  for (const { family, text } of saved) {
    const removal = attached
      .map(({ network, attachment }) => attachmentLeftovers(text, network, attachment.containerId))
      .join('')
    if (removal !== '') await rules.restore(family, removal)
  }
}
