import type { Isolation } from './observed-firewall.ts'
import type { Rule } from './rule-lines.ts'
import { option } from './rules.ts'

const [firstStage, secondStage] = ['CNI-ISOLATION-STAGE-1', 'CNI-ISOLATION-STAGE-2']

/** The bridges that rules isolate, from all others or from those of other networks on the same bridge. */
export function isolation(filter: readonly Rule[]): ReadonlyMap<string, Isolation> {
  const entered = filter.some(({ chain, target }) => chain === 'FORWARD' && target === firstStage)
  if (!entered) return new Map()
  const found = new Map<string, Isolation>()
  const leaving = new Set<string>()
  for (const { chain, target, words } of filter) {
    if (chain === secondStage && target === 'DROP') leaving.add(option(words, '-o') ?? '')
  }
  for (const { chain, target, words } of filter) {
    if (chain !== firstStage) continue
    const bridge = option(words, '-i') ?? ''
    if (bridge === '' || option(words, '-o') !== bridge) continue
    if (target === 'DROP') found.set(bridge, 'isolated')
    else if (target === secondStage && leaving.has(bridge) && !found.has(bridge)) {
      found.set(bridge, 'same-bridge')
    }
  }
  return found
}
