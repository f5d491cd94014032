import { formatAddress } from '@vethra/address'
import type { JsonObject } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { formatRangeSet, readDataDir, readHostLocalConf } from './index.ts'

const subnet = '10.1.2.0/24'

function message(work: () => unknown): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ name: 'CniError', code: 7 })
    return (error as Error).message
  }
}

describe('readHostLocalConf', () => {
  it('reads what is there, whatever the case of the keys, and fills in the rest', () => {
    const conf = readHostLocalConf({ NAME: 'n', IPAM: { SubNet: subnet, DATADIR: '/d' } }, '')
    expect(conf).toMatchObject({ dataDir: '/d', requested: [], routes: [] })
    expect(conf.sets.map(formatRangeSet)).toEqual(['10.1.2.1-10.1.2.254'])
    expect(readHostLocalConf({ ipam: { subnet } }, '').dataDir).toBe('/var/lib/cni/networks')
  })

  it('refuses a key in two spellings', () => {
    const conf = { name: 'n', ipam: { subnet, Subnet: '10.9.0.0/24' } }
    expect(message(() => readHostLocalConf(conf, ''))).toBe(
      'invalid ipam.subnet: it is written as subnet and as Subnet',
    )
  })

  it('puts sets in the order that numbers last_reserved_ip.N', () => {
    const conf = {
      cniVersion: '1.0.0',
      ipam: { subnet, ranges: [[{ subnet: '10.3.0.0/24' }]] },
      runtimeConfig: { ipRanges: [[{ subnet: '10.4.0.0/24' }]] },
    }
    expect(readHostLocalConf(conf, '').sets.map(formatRangeSet)).toEqual([
      '10.4.0.1-10.4.0.254',
      '10.1.2.1-10.1.2.254',
      '10.3.0.1-10.3.0.254',
    ])
  })

  it('gathers requested addresses from all three places, in their order', () => {
    const conf = {
      ipam: { subnet },
      args: { cni: { ips: ['10.1.2.11', '11.11.11.11', '2001:db8:1::11'] } },
      runtimeConfig: { ips: ['10.1.2.12/24', '::ffff:10.1.2.13'] },
    }
    const { requested } = readHostLocalConf(conf, 'IgnoreUnknown=1;IP=10.1.2.10/16;K8S=x')
    expect(requested.map(formatAddress)).toEqual([
      '10.1.2.10',
      '10.1.2.11',
      '11.11.11.11',
      '2001:db8:1::11',
      '10.1.2.12',
      '10.1.2.13',
    ])
  })

  it('hands routes on in canonical form, with what they carry', () => {
    const routes = [
      { dst: '10.1.2.3/8', gw: '10.0.0.1', mtu: 1400, priority: 0, table: 0 },
      { dst: '::ffff:10.0.0.0/104', gw: '' },
      { dst: '2001:DB8:0:0:0:0:0:0/32' },
    ]
    expect(readHostLocalConf({ ipam: { subnet, routes } }, '').routes).toEqual([
      { dst: '10.1.2.3/8', gw: '10.0.0.1', mtu: 1400, table: 0 },
      { dst: '10.0.0.0/8' },
      { dst: '2001:db8::/32' },
    ])
  })

  it.each<[JsonObject, string]>([
    [{}, "IPAM config missing 'ipam' key"],
    [{ ipam: null }, "IPAM config missing 'ipam' key"],
    [
      { ipam: 5 },
      'json: cannot unmarshal number into Go struct field Net.ipam of type allocator.IPAMConfig',
    ],
    [{ ipam: {} }, 'no IP ranges specified'],
    [
      { ipam: { subnet: 5 } },
      'json: cannot unmarshal number into Go struct field IPAMConfig.ipam.subnet of type string',
    ],
    [{ ipam: { subnet: null } }, 'invalid CIDR address: '],
    [{ ipam: { subnet: 'foo' } }, 'invalid CIDR address: foo'],
    [
      { ipam: { subnet, rangeStart: true } },
      'json: cannot unmarshal bool into Go struct field IPAMConfig.ipam.rangeStart of type net.IP',
    ],
    [{ ipam: { subnet, gateway: '10.05.0.1' } }, 'invalid IP address: 10.05.0.1'],
    [
      { ipam: { ranges: [5] } },
      'json: cannot unmarshal number into Go struct field IPAMConfig.ipam.ranges of type allocator.RangeSet',
    ],
    [{ ipam: { ranges: [[{}]] } }, 'invalid range set 0: IP <nil> not v4 nor v6'],
    [{ ipam: { ranges: [null] } }, 'invalid range set 0: empty range set'],
    [{ ipam: { subnet, routes: [{ dst: 'x' }] } }, 'invalid CIDR address: x'],
    [{ ipam: { subnet, routes: [{ dst: '10.0.0.0/8', gw: 'x' }] } }, 'invalid IP address: x'],
    [
      { ipam: { subnet, resolvConf: [] } },
      'json: cannot unmarshal array into Go struct field IPAMConfig.ipam.resolvConf of type string',
    ],
    [{ ipam: { subnet, dataDir: 'networks' } }, 'dataDir "networks" is not an absolute path'],
    [{ ipam: { subnet, dataDir: '/a\0b' } }, 'dataDir "/a\\u0000b" is not an absolute path'],
    [{ ipam: { subnet }, args: { cni: { ips: ['x'] } } }, 'invalid IP address x'],
    [
      { ipam: { subnet }, args: { cni: { ips: [''] } } },
      'cannot understand ip: IP <nil> not v4 nor v6',
    ],
    [
      { ipam: { subnet }, args: 5 },
      'json: cannot unmarshal number into Go struct field Net.args of type struct { A *allocator.IPAMArgs "json:\\"cni\\"" }',
    ],
  ])('refuses %j in the words of host-local', (conf, text) => {
    expect(message(() => readHostLocalConf(conf, ''))).toBe(text)
  })

  it.each([
    ['FOO=bar;B=c', 'ARGS: unknown args ["FOO=bar" "B=c"]'],
    ['IP=10.1.2.3;', 'ARGS: invalid pair ""'],
    ['IP=a=b', 'ARGS: invalid pair "IP=a=b"'],
    ['ip=1.2.3.4', 'ARGS: unknown args ["ip=1.2.3.4"]'],
    ['__proto__=1', 'ARGS: unknown args ["__proto__=1"]'],
    ['IP=zz', 'ARGS: error parsing value of pair "IP=zz": invalid IP address zz'],
    [
      'IgnoreUnknown=yes',
      'ARGS: error parsing value of pair "IgnoreUnknown=yes": boolean unmarshal error: invalid input yes',
    ],
    ['X=1;IgnoreUnknown=false', 'ARGS: unknown args ["X=1"]'],
  ])('refuses CNI_ARGS %j', (args, text) => {
    expect(message(() => readHostLocalConf({ ipam: { subnet } }, args))).toBe(text)
  })
})

describe('readDataDir', () => {
  it('asks nothing of the rest of the conf', () => {
    expect(readDataDir({ ipam: { subnet: 5, ranges: 'x', dataDir: '/d' } })).toBe('/d')
    expect(message(() => readDataDir({ ipam: { dataDir: '../d' } }))).toMatch(/absolute/)
  })
})
