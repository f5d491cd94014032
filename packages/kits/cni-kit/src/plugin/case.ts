import { it } from 'vitest'
import type { PluginSubject, PluginTraits } from './subject.ts'

/** A case: its title, and what it does with the subject. A text that it returns is why it does not apply. */
export interface PluginCase {
  readonly title: string
  /** Whether it is about such a plugin at all. Default: it is about every plugin. */
  applies?(traits: PluginTraits): boolean
  check(subject: PluginSubject, traits: PluginTraits): Promise<string | undefined>
}

/** A case that always applies. */
export function always(
  title: string,
  check: (subject: PluginSubject, traits: PluginTraits) => Promise<void>,
): PluginCase {
  return {
    title,
    check: async (subject, traits) => {
      await check(subject, traits)
      return undefined
    },
  }
}

/** Declares cases; what is skipped, or does not apply, is printed with its reason. */
export function declareCases(
  cases: readonly PluginCase[],
  subject: () => PluginSubject,
  traits: PluginTraits,
): void {
  const about = cases.filter(({ applies }) => applies === undefined || applies(traits))
  for (const { title, check } of about) {
    it(title, async (context) => {
      const known = traits.skip?.[title]
      context.skip(known !== undefined, known)
      const reason = await check(subject(), traits)
      context.skip(reason !== undefined, reason)
    })
  }
}
