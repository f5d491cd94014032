import { CniError } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { flagsOfAnnotations } from './annotations.ts'

const none = { id: 'web', network: [], publish: [], dnsOption: [], addHost: [], networkAlias: [] }
const refusal = (annotations: Readonly<Record<string, unknown>>): unknown => {
  try {
    return flagsOfAnnotations('web', annotations)
  } catch (error) {
    return error
  }
}

describe('flagsOfAnnotations', () => {
  it.each([
    ['vethra.network', 'lan', { network: ['lan'] }],
    ['vethra.network', 'lan;backend', { network: ['lan', 'backend'] }],
    [
      'vethra.network',
      'lan; backend:ip=10.4.1.9,alias=db',
      { network: ['lan', 'backend:ip=10.4.1.9,alias=db'] },
    ],
    ['vethra.network', 'none', { network: ['none'] }],
    ['vethra.network', 'ns:/run/netns/a,b', { network: ['ns:/run/netns/a,b'] }],
    ['vethra.ports', '8080:80', { publish: ['8080:80'] }],
    [
      'vethra.ports',
      '127.0.0.1:8080:80/tcp, [::1]:53:53/udp,9000-9002:80-82',
      { publish: ['127.0.0.1:8080:80/tcp', '[::1]:53:53/udp', '9000-9002:80-82'] },
    ],
    ['vethra.name', 'web', { name: 'web' }],
    ['vethra.hostname', 'inside', { hostname: 'inside' }],
    ['vethra.domainname', 'example.com', { domainname: 'example.com' }],
    ['vethra.alias', 'db,sql', { networkAlias: ['db', 'sql'] }],
    ['vethra.ip', '10.4.1.9', { ip: '10.4.1.9' }],
    ['vethra.ip6', 'fd00::9', { ip6: 'fd00::9' }],
    ['vethra.mac', '02:00:00:00:00:01', { macAddress: '02:00:00:00:00:01' }],
    ['vethra.dns', '192.0.2.53,2001:db8::53', { dns: ['192.0.2.53', '2001:db8::53'] }],
    ['vethra.dns-search', 'a.example,.', { dnsSearch: ['a.example', '.'] }],
    ['vethra.dns-option', 'ndots:2,rotate', { dnsOption: ['ndots:2', 'rotate'] }],
    [
      'vethra.add-host',
      'gw:host-gateway,a:10.0.0.1',
      { addHost: ['gw:host-gateway', 'a:10.0.0.1'] },
    ],
    ['vethra.uts', 'host', { uts: 'host' }],
  ])('%s %j stands for flags', (key, value, flags) => {
    expect(flagsOfAnnotations('web', { [key]: value, other: 'x' })).toEqual({ ...none, ...flags })
  })

  it.each([
    {},
    { 'nerdctl/name': 'web' },
    { vethra: 'lan', 'org.vethra.name': 'x', vethraname: '' },
  ])('%j asks for nothing', (annotations) => {
    expect(flagsOfAnnotations('web', annotations)).toBeUndefined()
  })

  it.each([
    ['vethra.network', ''],
    ['vethra.network', 'lan;'],
    ['vethra.network', '../x'],
    ['vethra.network', 'lan:mtu=9'],
    ['vethra.network', 'lan:ip=1'],
    ['vethra.network', 'ns:relative'],
    ['vethra.network', Array(65).fill('lan').join(';')],
    ['vethra.ports', 'http'],
    ['vethra.ports', '8080:80,'],
    ['vethra.ports', '8080:80:90:100'],
    ['vethra.name', ''],
    ['vethra.name', '../../etc'],
    ['vethra.name', 'a b'],
    ['vethra.name', 'a\u0000'],
    ['vethra.name', 'x'.repeat(5000)],
    ['vethra.hostname', 'a\nb'],
    ['vethra.hostname', '\u001b[2J'],
    ['vethra.alias', 'ok,not ok'],
    ['vethra.ip', '10.4.1.0/24'],
    ['vethra.ip6', '10.4.1.1'],
    ['vethra.mac', '02:00'],
    ['vethra.dns', 'localhost'],
    ['vethra.dns-search', 'a b'],
    ['vethra.dns-option', 'ndots:2 rotate'],
    ['vethra.add-host', 'gw'],
    ['vethra.uts', 'private'],
    ['vethra.nework', 'lan'],
    ['vethra.', 'lan'],
    ['vethra.__proto__', 'lan'],
    ['vethra.constructor', 'lan'],
    ['vethra.name', 7],
    ['vethra.name', null],
    ['vethra.network', { lan: 1 }],
  ])('%s %j is refused by its name', (key, value) => {
    const error = refusal({ [key]: value })
    expect(error).toBeInstanceOf(CniError)
    expect(error).toMatchObject({
      code: 107,
      message: expect.stringContaining(`annotation ${key} `),
    })
    expect((error as CniError).message.length).toBeLessThan(512)
  })
})
