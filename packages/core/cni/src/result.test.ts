import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseResult, renderResult } from './index.ts'
import type { SpecVersion } from './versions.ts'

const full = {
  cniVersion: '1.1.0',
  interfaces: [
    { name: 'br0', mac: '02:00:00:00:00:01' },
    { name: 'eth0', mac: '02:00:00:00:00:02', mtu: 1400, sandbox: '/proc/1/ns/net' },
  ],
  ips: [
    { interface: 1, address: '10.4.0.2/24', gateway: '10.4.0.1' },
    { interface: 1, address: 'fd00::2/64', gateway: 'fd00::1' },
  ],
  routes: [
    { dst: '0.0.0.0/0', table: 0 },
    { dst: '::/0', gw: 'fd00::1', mtu: 1400 },
  ],
  dns: { nameservers: ['10.4.0.1'] },
}
const parsed = parseResult(JSON.stringify(full), '').result

describe('parseResult', () => {
  it('reads a 1.1.0 result whole', () => {
    expect(parsed).toEqual(full)
  })

  it('reads a 0.2.0 result: IPv4 first, then IPv6', () => {
    const text =
      '{"ip6":{"ip":"fd00::2/64"},"ip4":{"ip":"10.0.0.2/24","gateway":"10.0.0.1","routes":[{"dst":"0.0.0.0/0"}]},"dns":{}}'
    expect(parseResult(text, '0.2.0').result).toEqual({
      cniVersion: '0.2.0',
      interfaces: [],
      ips: [{ address: '10.0.0.2/24', gateway: '10.0.0.1' }, { address: 'fd00::2/64' }],
      routes: [{ dst: '0.0.0.0/0' }],
      dns: {},
    })
  })

  it.each([
    ['{}', '1.0.0', '1.0.0'],
    ['null', '0.4.0', '0.4.0'],
    ['{}', '', '0.1.0'],
    ['{"cniVersion":""}', '1.0.0', '1.0.0'],
    ['{"cniVersion":3}', '1.0.0', '1.0.0'],
    ['{"cniVersion":"0.4.0"}', '1.1.0', '0.4.0'],
  ])('%j in a request of %j is of version %s', (text, request, version) => {
    const { result, text: handedOn } = parseResult(text, request)
    expect(result.cniVersion).toBe(version)
    expect(JSON.parse(handedOn).cniVersion).toBe(version)
  })

  it('hands on what the plugin printed, unknown keys and large integers included', () => {
    const text = '{"cniVersion":"1.0.0","x":12345678901234567890}'
    expect(parseResult(`${text}\n`, '').text).toBe(text)
  })

  it('knows keys whatever their case, and takes null and "" for absent', () => {
    const text =
      '{"cniVersion":"1.0.0","IPs":[{"Address":"10.0.0.2/24","gateway":"","interface":null}],"routes":null}'
    expect(parseResult(text, '').result.ips).toEqual([{ address: '10.0.0.2/24' }])
  })

  it.each([
    ['::FFFF:10.0.0.9/120', '10.0.0.9/24'],
    ['2001:DB8:0:0:1:0:0:7/64', '2001:db8::1:0:0:7/64'],
    ['10.0.0.5/24', '10.0.0.5/24'],
  ])('writes %s as %s', (written, canonical) => {
    const text = JSON.stringify({ cniVersion: '1.0.0', ips: [{ address: written }] })
    expect(parseResult(text, '').result.ips[0]?.address).toBe(canonical)
  })

  it.each([
    ['', 6, 'failed to unmarshal raw result: unexpected end of JSON input'],
    ['{"ips":[]} trailing', 6, 'failed to unmarshal raw result: it is not JSON'],
    [
      '[]',
      6,
      'failed to unmarshal raw result: json: cannot unmarshal a []interface {} into a result',
    ],
    ['{"cniVersion":"7.0.0"}', 1, 'unsupported CNI result version "7.0.0"'],
    [
      '{"ips":[{"address":"10.0.0.1"}]}',
      6,
      'failed to unmarshal raw result: invalid CIDR address: 10.0.0.1',
    ],
    [
      '{"ips":[{"address":"10.0.0.01/24"}]}',
      6,
      'failed to unmarshal raw result: invalid CIDR address: 10.0.0.01/24',
    ],
    [
      '{"ips":[{"address":"10.0.0.1/33"}]}',
      6,
      'failed to unmarshal raw result: invalid CIDR address: 10.0.0.1/33',
    ],
    [
      '{"ips":[{"address":"10.0.0.1/24","gateway":"x"}]}',
      6,
      'failed to unmarshal raw result: invalid IP address: x',
    ],
    [
      '{"ips":[{"address":"fe80::1%eth0/64"}]}',
      6,
      'failed to unmarshal raw result: invalid CIDR address: fe80::1%eth0/64',
    ],
  ])('refuses %j', (text, code, message) => {
    expect(() => parseResult(text, '1.0.0')).toThrow(expect.objectContaining({ code, message }))
  })

  it('takes 16,384 routes, and no more', () => {
    const text = (count: number) =>
      JSON.stringify({ cniVersion: '1.0.0', routes: Array(count).fill({ dst: '10.0.0.0/8' }) })
    expect(parseResult(text(16_384), '').result.routes).toHaveLength(16_384)
    expect(() => parseResult(text(16_385), '')).toThrow(expect.objectContaining({ code: 6 }))
  })

  it.each(['{"ips":[null]}', '{"ips":[{}]}', '{"interfaces":[{"name":1}]}', '{"routes":{}}'])(
    'refuses %j, whose shape is wrong',
    (text) => {
      expect(() => parseResult(text, '1.0.0')).toThrow(expect.objectContaining({ code: 6 }))
    },
  )
})

describe('renderResult', () => {
  it('gives 0.4.0 addresses a version, and says what it drops', () => {
    const { json, dropped } = renderResult(parsed, '0.4.0')
    expect(json).toMatchObject({
      cniVersion: '0.4.0',
      ips: [{ version: '4', interface: 1, address: '10.4.0.2/24' }, { version: '6' }],
      routes: full.routes,
      dns: full.dns,
    })
    expect(dropped).toEqual(['interfaces[1].mtu'])
  })

  it('keeps the first address of each family for 0.2.0', () => {
    const { json, dropped } = renderResult(parsed, '0.2.0')
    expect(json).toEqual({
      cniVersion: '0.2.0',
      ip4: { ip: '10.4.0.2/24', gateway: '10.4.0.1', routes: [{ dst: '0.0.0.0/0' }] },
      ip6: { ip: 'fd00::2/64', gateway: 'fd00::1', routes: [{ dst: '::/0', gw: 'fd00::1' }] },
      dns: { nameservers: ['10.4.0.1'] },
    })
    expect(dropped).toEqual(['interfaces[0]', 'interfaces[1]', 'routes[0].table', 'routes[1].mtu'])
  })

  it('cannot make a 0.1.0 result without an address', () => {
    expect(() => renderResult({ ...parsed, ips: [] }, '0.1.0')).toThrow(
      'cannot convert: no valid IP addresses',
    )
  })

  it.each(['0.3.0', '0.3.1', '0.4.0'] satisfies SpecVersion[])(
    'always writes dns in %s',
    (version) => {
      expect(renderResult({ ...parsed, dns: {} }, version).json['dns']).toEqual({})
    },
  )

  it('leaves out what is empty in 1.0.0', () => {
    const empty = { cniVersion: '1.0.0', interfaces: [], ips: [], routes: [], dns: {} }
    expect(renderResult(empty, '1.0.0').json).toEqual({ cniVersion: '1.0.0' })
  })

  it('reads back what it renders, for 0.3.0 and later, but for what it says it dropped', () => {
    const octet = fc.integer({ min: 0, max: 255 })
    const address = fc.tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 32 }))
    const ips = fc.array(
      address.map(([a, b, c, d, l]) => ({ address: `${a}.${b}.${c}.${d}/${l}` })),
    )
    const version = fc.constantFrom<SpecVersion>('0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0')
    fc.assert(
      fc.property(ips, version, (each, to) => {
        const result = { ...parsed, interfaces: [{ name: 'eth0' }], ips: each }
        const { json, dropped } = renderResult(result, to)
        expect(dropped).toEqual([])
        expect(parseResult(JSON.stringify(json), '').result).toEqual({ ...result, cniVersion: to })
      }),
    )
  })
})
