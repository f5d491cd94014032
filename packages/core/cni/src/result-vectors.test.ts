import { conversionVectors, type Data, resultVectors, roundTrips, titled } from '@vethra/cni-kit'
import { describe, expect, it } from 'vitest'
import { explain } from './explain.ts'
import { parseResult, readResult, renderResult } from './index.ts'
import type { SpecVersion } from './versions.ts'

const convert = (from: Data, to: SpecVersion) =>
  renderResult(parseResult(JSON.stringify(from), '').result, to)

describe('results', () => {
  it.each(titled(resultVectors))('%s', (_, { printed, requested, version, fault }) => {
    const read = () => parseResult(printed, requested)
    if (fault) {
      const error = caught(read)
      expect(error).toMatchObject({ code: fault.code })
      expect(explain(error)[0]).toContain(fault.says)
      return
    }
    expect(read().result.cniVersion).toBe(version)
    expect(JSON.parse(read().text).cniVersion).toBe(version)
    expect(readResult(JSON.parse(printed), requested)).toEqual(read().result)
  })
})

describe('conversions', () => {
  it.each(titled(conversionVectors))('%s', (_, { from, to, result, dropped, fault }) => {
    if (fault) {
      expect(() => convert(from, to)).toThrow(fault.says)
      return
    }
    expect(convert(from, to)).toEqual({ json: result, dropped })
  })

  it.each(titled(roundTrips))('%s', (_, { from, to }) => {
    const there = convert(from, to)
    expect(there.dropped).toEqual([])
    const back = convert(there.json, from['cniVersion'] as SpecVersion)
    expect(back).toEqual({ json: from, dropped: [] })
    expect(Object.keys(back.json)).toEqual(Object.keys(from))
  })
})

function caught(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}
