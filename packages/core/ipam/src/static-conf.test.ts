import type { JsonObject } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { readStaticConf } from './index.ts'

const own = { addresses: [{ address: '10.10.0.1/24', gateway: '10.10.0.254' }] }
const args = { cni: { ips: ['10.0.0.1/24', 'FD00::1/64'] } }

describe('readStaticConf', () => {
  it('answers what it is told, host bits kept', () => {
    const routes = [{ dst: '0.0.0.0/0' }, { dst: '0.0.0.0/0', gw: '10.10.0.253' }]
    const dns = { nameservers: ['1.1.1.1'], domain: 'd', search: [], options: ['ndots:1'] }
    expect(readStaticConf({ ipam: { ...own, routes, dns } }, '')).toEqual({
      ips: [{ address: '10.10.0.1/24', gateway: '10.10.0.254' }],
      routes,
      dns: { nameservers: ['1.1.1.1'], domain: 'd', options: ['ndots:1'] },
    })
    expect(readStaticConf({ ipam: {} }, '')).toEqual({ ips: [], routes: [], dns: {} })
  })

  it('has an address by the key of the conf, not by what Go makes of it', () => {
    const [first] = own.addresses
    const parsed = { ...first, Address: { IP: '10.10.0.1', Mask: '////AA==' }, Version: '' }
    expect(readStaticConf({ ipam: { addresses: [parsed] } }, '').ips).toEqual(own.addresses)
    const upper = { ADDRESS: '10.10.0.1/24', GATEWAY: '10.10.0.254' }
    expect(readStaticConf({ ipam: { addresses: [upper] } }, '').ips).toEqual(own.addresses)
  })

  it('appends what CNI_ARGS say, each with the gateway that its subnet holds', () => {
    const text = 'IP=10.9.0.7/24, 10.8.0.1/16;GATEWAY=10.9.0.254,10.10.0.9,10.9.0.253'
    expect(readStaticConf({ cniVersion: '1.0.0', ipam: own }, text).ips).toEqual([
      { address: '10.10.0.1/24', gateway: '10.10.0.254' },
      { address: '10.9.0.7/24', gateway: '10.9.0.253' },
      { address: '10.8.0.1/16' },
    ])
  })

  it('takes args.cni.ips instead, and runtimeConfig.ips instead of those', () => {
    const two = [{ address: '10.0.0.1/24' }, { address: 'fd00::1/64' }]
    expect(readStaticConf({ ipam: own, args }, 'IP=10.9.0.7/24').ips).toEqual(two)
    const all = { ipam: own, args, RuntimeConfig: { ips: ['10.0.0.9/8'] } }
    expect(readStaticConf(all, '').ips).toEqual([{ address: '10.0.0.9/8' }])
  })

  const expected = (what: string, got: string) => `${what} in CIDR notation, got: '${got}'`
  it.each<[JsonObject, string, string]>([
    [{}, '', "IPAM config missing 'ipam' key"],
    [{ args }, '', "IPAM config missing 'ipam' key"],
    [
      { ipam: { addresses: [{ address: '10.0.0.1' }] } },
      '',
      expected("the 'address' field is expected to be", '10.0.0.1'),
    ],
    [{ ipam: { addresses: [{}] } }, '', expected("the 'address' field is expected to be", '')],
    [{ ipam: {} }, 'IP=10.0.0.1', expected("the 'ip' field is expected to be", '10.0.0.1')],
    [
      { ipam: {}, args: { cni: { ips: ['10.0.0.1'] } } },
      '',
      expected("an entry in the 'ips' field is NOT", '10.0.0.1'),
    ],
    [
      { ipam: {}, runtimeConfig: { ips: ['x'] } },
      '',
      expected("an entry in the 'ips' field is NOT", 'x'),
    ],
    [
      { ipam: { addresses: [{ address: '10.0.0.1/24', gateway: 'x' }] } },
      '',
      'invalid IP address: x',
    ],
    [{ ipam: {} }, 'IP=10.0.0.1/24;GATEWAY=zz', 'invalid gateway address: zz'],
    [{ ipam: {} }, 'FOO=1', 'ARGS: unknown args ["FOO=1"]'],
    [
      { cniVersion: '0.2.0', ipam: {}, runtimeConfig: { ips: ['10.0.0.1/24', '10.0.0.2/24'] } },
      '',
      'CNI version 0.2.0 does not support more than 1 address per family',
    ],
  ])('refuses %j with CNI_ARGS %j', (conf, text, message) => {
    expect(() => readStaticConf(conf, text)).toThrowError(message)
  })
})
