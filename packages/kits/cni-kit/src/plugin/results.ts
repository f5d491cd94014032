import { expect } from 'vitest'
import type { PluginCase } from './case.ts'
import { confOf, errorOf, variablesOf, versionsOf, wordsOf } from './requests.ts'
import type { PluginSubject, PluginTraits } from './subject.ts'

const isChained = ({ chained = false }: PluginTraits) => chained
const readsArgs = ({ readsArgs: reads = false }: PluginTraits) => reads

async function added(
  subject: PluginSubject,
  { conf }: PluginTraits,
  env: Readonly<Record<string, string>>,
  more: object = {},
) {
  const [version] = (await versionsOf(subject)).slice(-1)
  const text = confOf(version, { ...conf, ...more })
  const ran = await subject.run({ ...variablesOf(subject, 'ADD'), ...env }, text)
  await subject.run({ ...variablesOf(subject, 'DEL'), ...env }, text)
  return ran
}

/**
 * The input from the plugin before and from the caller (SPEC 1.1.0, sections 3 and 5, and
 * conventions).
 */
export const resultCases: readonly PluginCase[] = [
  ...['0.2.0', '5678.456'].map(
    (version): PluginCase => ({
      title: `SPEC 5, "ADD Success" (case 95): a previous result of version ${version} is refused`,
      applies: isChained,
      check: async (subject, traits) => {
        const prevResult = { cniVersion: version, ips: [{ address: '10.9.9.9/24' }] }
        const error = errorOf(await added(subject, traits, {}, { prevResult }))
        expect(error.msg).toContain('could not parse prevResult')
        expect(error.msg).toContain(`unmarshalled CNIVersion is "${version}"`)
        return undefined
      },
    }),
  ),
  {
    title: 'conventions, "CNI_ARGS" (case 109): an unknown argument is refused',
    applies: readsArgs,
    check: async (subject, traits) => {
      const ran = await added(subject, traits, { CNI_ARGS: 'Unk=nown' })
      expect(errorOf(ran).msg).toContain('unknown args ["Unk=nown"]')
      return undefined
    },
  },
  ...['IgnoreUnknown=1;Unk=nown', 'Unk=nown;IgnoreUnknown=true'].map(
    (CNI_ARGS): PluginCase => ({
      title: `conventions, "CNI_ARGS" (case 109): ${CNI_ARGS} is fine`,
      applies: readsArgs,
      check: async (subject, traits) => {
        expect(wordsOf(await added(subject, traits, { CNI_ARGS }))).not.toContain('unknown args')
        return undefined
      },
    }),
  ),
  {
    title: 'libcni (case 106): the namespace of the runtime is refused as that of a container',
    check: async (subject, traits) => {
      const env = { CNI_NETNS: subject.ownNetns }
      expect(errorOf(await added(subject, traits, env)).code).toBe(8)
      for (const CNI_NETNS_OVERRIDE of ['1', 'true']) {
        const ran = await added(subject, traits, { ...env, CNI_NETNS_OVERRIDE })
        expect(wordsOf(ran)).not.toContain('should not be the same')
      }
      return undefined
    },
  },
]
