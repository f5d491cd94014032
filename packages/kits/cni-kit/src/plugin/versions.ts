import { expect } from 'vitest'
import { always, type PluginCase } from './case.ts'
import { confOf, errorOf, type PrintedError, variablesOf, versionsOf } from './requests.ts'
import type { PluginSubject } from './subject.ts'

async function refusal(
  subject: PluginSubject,
  operation: string,
  version: unknown,
): Promise<PrintedError> {
  const conf = confOf(undefined, { cniVersion: version })
  return errorOf(await subject.run(variablesOf(subject, operation), conf))
}

/** Versions (SPEC 1.1.0, section 1, "cniVersion", and the operations of section 2). */
export const versionCases: readonly PluginCase[] = [
  always(
    'SPEC 5, "Error" (case 100): the error names an unsupported version beside the supported ones',
    async (subject) => {
      const error = await refusal(subject, 'ADD', '9.9.9')
      expect(error).toMatchObject({ code: 1, msg: 'incompatible CNI versions' })
      expect(error.details).toContain('9.9.9')
      for (const version of await versionsOf(subject)) expect(error.details).toContain(version)
    },
  ),
  always(
    'libcni (case 100): a configuration without a version is one of 0.1.0',
    async (subject) => {
      const ran = await subject.run(variablesOf(subject, 'DEL'), confOf(undefined))
      if ((await versionsOf(subject)).includes('0.1.0')) {
        expect(ran.stdout).not.toContain('incompatible CNI versions')
      } else {
        expect(errorOf(ran)).toMatchObject({ code: 1, details: expect.stringContaining('"0.1.0"') })
      }
    },
  ),
  always('SPEC 1, "cniVersion": one that is no string is refused', async (subject) => {
    expect((await refusal(subject, 'ADD', 1)).code).toBe(6)
  }),
  always('SPEC 2, "CHECK" (case 101): is refused below 0.4.0', async (subject) => {
    const error = await refusal(subject, 'CHECK', '0.3.0')
    expect(error).toMatchObject({ code: 1, msg: 'config version does not allow CHECK' })
  }),
  always(
    'SPEC 2, "CHECK" (case 101): a version that is none cannot be decoded',
    async (subject) => {
      expect((await refusal(subject, 'CHECK', 'adsf')).code).toBe(6)
    },
  ),
  always(
    'SPEC 2, "CHECK" (case 101): is refused above what the plugin supports',
    async (subject) => {
      expect((await refusal(subject, 'CHECK', '9.9.9')).code).toBe(1)
    },
  ),
  ...['GC', 'STATUS'].map((operation) =>
    always(`SPEC 2, "${operation}" (case 101): is refused below 1.1.0`, async (subject) => {
      const error = await refusal(subject, operation, '1.0.0')
      expect(error.code).toBe((await versionsOf(subject)).includes('1.1.0') ? 1 : 4)
    }),
  ),
]
