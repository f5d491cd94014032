import type { Json } from '@vethra/cni'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planned, sampleConfig, samplePlaces } from '../test/sample-bundle.ts'
import { type BundleRequest, networkMode, parseRecord, renderRecord } from './index.ts'

const joined = { id: 'f'.repeat(64), netns: '/proc/7/ns/net', hostname: 'other' }

describe('a plan', () => {
  const ref = fc.constantFrom('lan', 'host', 'none', 'ns:/run/netns/a', 'container:web')
  const parts = fc.record(
    {
      name: fc.constantFrom('web', 'a.b-c'),
      networks: ref.map((each) => networks(each)),
      domainname: fc.constant('example.org'),
      utsHost: fc.boolean(),
      ip: fc.constant('10.4.0.9'),
      aliases: fc.constant(['db']),
    },
    { requiredKeys: [] },
  )
  const clash = ({
    domainname,
    utsHost,
    ip,
    aliases,
    networks: [first],
  }: Partial<BundleRequest> & { networks: readonly { ref: string }[] }) =>
    (domainname !== undefined && (utsHost || first?.ref.startsWith('container:'))) ||
    ((ip !== undefined || aliases !== undefined) && first?.ref !== 'lan')
  const asked = parts
    .map((each) => ({ networks: networks('lan'), ...each }))
    .filter((each) => !clash(each))
  const extra = fc.dictionary(
    fc.string().map((key) => `x-${key}`),
    fc.jsonValue({ maxDepth: 2 }),
    { noNullPrototype: true },
  )
  const layouts = [(text: string) => text, (text: string) => JSON.stringify(JSON.parse(text))]

  it('for its own result changes nothing', () => {
    fc.assert(
      fc.property(asked, extra, fc.constantFrom(...layouts), (request, keys, layout) => {
        const places = { ...samplePlaces, joined }
        const first = planned(request, layout(sampleConfig(keys as Record<string, Json>)), places)
        const second = planned(request, first.config, places)
        expect(second.config).toBe(first.config)
        expect(second.record).toEqual(first.record)
        expect(second.changes.filter((line) => !/^(keep|ignore) /.test(line))).toEqual([])
      }),
    )
  })

  it('leaves keys that it does not know as they are', () => {
    fc.assert(
      fc.property(extra, (keys) => {
        const result = planned({}, sampleConfig(keys as Record<string, Json>)).json
        expect(result).toMatchObject(JSON.parse(JSON.stringify(keys)))
      }),
    )
  })

  it('has a record that survives its file', () => {
    fc.assert(
      fc.property(asked, (request) => {
        const { record } = planned(request, sampleConfig(), { ...samplePlaces, joined })
        const text = JSON.stringify(renderRecord(record))
        expect(parseRecord(JSON.parse(text))).toEqual(record)
        expect(networkMode(record.networks)).toBe(record.mode)
      }),
    )
  })
})

function networks(...refs: readonly string[]) {
  return refs.map((ref) => ({ ref, aliases: [] }))
}
