import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { declareCases } from './case.ts'
import { commandCases } from './commands.ts'
import { nameCases } from './names.ts'
import { resultCases } from './results.ts'
import type { OpenPlugin, PluginSubject, PluginTraits } from './subject.ts'
import { versionCases } from './versions.ts'

const cases = [...commandCases, ...nameCases, ...versionCases, ...resultCases]

/** Declares the cases that every CNI plugin has to pass. `open` is called before each of them. */
export function describePlugin(name: string, open: OpenPlugin, traits: PluginTraits = {}): void {
  describe(name, () => {
    let subject: PluginSubject
    beforeEach(async () => {
      subject = await open()
    })
    afterEach(() => subject.close())

    declareCases(cases, () => subject, traits)

    it('every case that is skipped is one', () => {
      const titles = cases.map(({ title }) => title)
      expect(titles).toEqual(expect.arrayContaining(Object.keys(traits.skip ?? {})))
    })
  })
}
