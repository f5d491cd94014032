import type { FindingRow } from '@vethra/engine'
import { expect } from 'vitest'
import type { Host } from './host.ts'

/** The findings of `vethra doctor` on a host; its exit status has to tell whether some are errors. */
export async function findingsOn(host: Host): Promise<readonly FindingRow[]> {
  const { stdout, exitCode, stderr } = await host.vethra('doctor', '--format', 'json')
  const found: readonly FindingRow[] = JSON.parse(stdout)
  const errors = found.filter(({ Severity }) => Severity === 'error').length
  expect([exitCode, stderr === '']).toEqual(errors > 0 ? [1, false] : [0, true])
  return found
}

/** Their kinds. Hosts of tests keep all of their state in memory: that finding is left out. */
export async function findingKinds(host: Host): Promise<readonly string[]> {
  const kinds = (await findingsOn(host)).map(({ Kind }) => Kind)
  return kinds.filter((kind) => kind !== 'wrong-file-system')
}
