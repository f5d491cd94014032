import { CniError, goField, isSpecVersion, type Result, readResult } from '@vethra/cni'
import { failed } from './go-codes.ts'
import type { Request } from './plugin.ts'

/** The `prevResult` of a request. Throws CniError 999 in libcni's words when there is none, or none of the family of the request's version. */
export function previousResult({ conf, cniVersion }: Request): Result {
  const value = goField(conf, 'prevResult') ?? null
  if (value === null) throw failed('Required prevResult missing')
  try {
    const own = goField(value, 'cniVersion')
    if (typeof own === 'string' && own !== '' && !isSpecVersion(own))
      throw otherFamily(own, cniVersion)
    const result = readResult(value, cniVersion)
    if (familyOf(result.cniVersion) !== familyOf(cniVersion))
      throw otherFamily(result.cniVersion, cniVersion)
    return result
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    throw failed(`could not parse prevResult: ${error.message}`)
  }
}

const families = [
  ['0.1.0', '0.2.0'],
  ['0.3.0', '0.3.1', '0.4.0'],
  ['1.0.0', '1.1.0'],
]

function familyOf(version: string): readonly string[] | undefined {
  return families.find((each) => each.includes(version))
}

function otherFamily(own: string, cniVersion: string): CniError {
  const known = familyOf(cniVersion)?.join(' ')
  return failed(
    `result type supports [${known}] but unmarshalled CNIVersion is ${JSON.stringify(own)}`,
  )
}
