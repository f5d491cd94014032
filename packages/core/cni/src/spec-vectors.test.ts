import { errorCodeVectors, nameVectors, titled } from '@vethra/cni-kit'
import { describe, expect, it } from 'vitest'
import {
  checkContainerId,
  checkIfname,
  checkNetworkName,
  compareVersions,
  errorCodes,
  isSpecVersion,
} from './index.ts'

const checks = { containerId: checkContainerId, network: checkNetworkName, ifname: checkIfname }

describe('names', () => {
  it.each(titled(nameVectors))('%s', (_, { kind, name, fault }) => {
    if (!fault) return expect(checks[kind](name)).toBeUndefined()
    expect(() => checks[kind](name)).toThrow(
      expect.objectContaining({ code: fault.code, message: fault.says }),
    )
  })

  it('SPEC 2, "CNI_CONTAINERID" (case 38): what was refused stands in the details', () => {
    expect(() => checkContainerId('some-%%container-id')).toThrow(
      expect.objectContaining({ details: 'some-%%container-id' }),
    )
  })
})

describe('error codes', () => {
  it.each(titled(errorCodeVectors))('%s', (_, { code, since }) => {
    expect(errorCodes[code]).toBeTypeOf('string')
    expect(isSpecVersion(since) && compareVersions(since, '1.1.0')).toBeLessThanOrEqual(0)
  })
})
