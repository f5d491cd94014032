import { describe, expect, it } from 'vitest'
import { compareVersions, errorCodes, errorName, isSpecVersion, specVersions } from './index.ts'

describe('compareVersions', () => {
  it.each([
    ['1.1.0', '1.0.0', 1],
    ['0.3.1', '0.4.0', -1],
    ['', '0.1.0', 0],
    ['1', '1.0.0', 0],
    ['0.10.0', '0.9.0', 1],
  ])('%j against %j', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign)
  })

  it.each(['v1', '1.0.0-rc1', '0.', '1.2.3.4', ' 1'])('%j is no version', (text) => {
    expect(compareVersions(text, '1.0.0')).toBeNaN()
  })

  it('orders the supported versions as they are listed', () => {
    const sorted = [...specVersions].sort(compareVersions)
    expect(sorted).toEqual(specVersions)
  })
})

it('only the exact text of a version is supported', () => {
  expect(isSpecVersion('0.4.0')).toBe(true)
  expect(isSpecVersion('0.4')).toBe(false)
})

it('every code of the SPEC has a meaning, and a foreign one is called the plugin own', () => {
  for (const code of [1, 2, 3, 4, 5, 6, 7, 11, 50, 51])
    expect(errorCodes[code]).toBeTypeOf('string')
  expect(errorName(777)).toBe("the plugin's own code")
})
