import type { SavedRules } from '@vethra/firewall'
import type { RuleSets } from '@vethra/world'

/** Restores what `textOf` makes of the rules of each family, as iptables-restore(8) reads it; nothing where that is empty. */
export async function changeRules(
  rules: RuleSets,
  textOf: (saved: SavedRules) => string,
): Promise<void> {
  for (const saved of await rules.save()) {
    const text = textOf(saved)
    if (text !== '') await rules.restore(saved.family, text)
  }
}
