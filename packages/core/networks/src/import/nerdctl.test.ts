import { describe, expect, it } from 'vitest'
import { createLine, type ForeignNetwork, networkConfList, readNerdctlNetworks } from '../index.ts'
import type { NetworkOptions } from '../options.ts'

const lan: NetworkOptions = {
  ...{ name: 'lan', driver: 'bridge', subnets: ['10.9.0.0/24'], ipv4: true, ipv6: false },
  ...{ gateways: [], ipRanges: [], auxAddresses: [], internal: false, ipamDriver: 'default' },
  ...{ ipamOptions: {}, options: {}, labels: {} },
}
const facts = { used: [], pools: [], isolation: { supported: true, why: '' } }
const textOf = (change: Partial<NetworkOptions>) =>
  networkConfList({ ...lan, ...change }, facts).text
const one = (text: string, file = '/n/nerdctl-lan.conflist'): ForeignNetwork | undefined =>
  readNerdctlNetworks([{ file, text }])[0]
const line = (network: ForeignNetwork | undefined) =>
  network?.kind === 'wanted' ? createLine(network.options) : network?.kind

describe('a conf list of nerdctl', () => {
  it.each<[string, Partial<NetworkOptions>]>([
    ['--subnet 10.9.0.0/24 --gateway 10.9.0.1 lan', {}],
    ['--subnet 10.9.0.0/24 --gateway 10.9.0.1 --internal lan', { internal: true }],
    [
      '--subnet 10.9.0.0/24 --subnet fd00:9::/64 --gateway 10.9.0.254 --gateway fd00:9::1' +
        ' --ip-range 10.9.0.128/25 --aux-address nas=10.9.0.200 --ipv6' +
        ' -o mtu=1400 -o ip-masq=false -o icc=false --label team=web lan',
      {
        subnets: ['10.9.0.0/24', 'fd00:9::/64'],
        gateways: ['10.9.0.254'],
        ipRanges: ['10.9.0.128/25'],
        auxAddresses: ['nas=10.9.0.200'],
        ipv6: true,
        options: { mtu: '1400', 'ip-masq': 'false', icc: 'false' },
        labels: { team: 'web' },
      },
    ],
    [
      '--driver ipvlan --subnet 10.9.0.0/24 --gateway 10.9.0.1 -o parent=eth0 -o mode=l3 lan',
      { driver: 'ipvlan', options: { parent: 'eth0', mode: 'l3' } },
    ],
    [
      `--driver macvlan --ipam-driver dhcp --ipam-opt 'user-class={"type":"provide","value":"x"}'` +
        ` --ipam-opt 'routers={"type":"request","skipDefault":true}' -o parent=eth0 lan`,
      {
        driver: 'macvlan',
        subnets: [],
        ipamDriver: 'dhcp',
        ipamOptions: {
          'user-class': '{"type":"provide","value":"x"}',
          routers: '{"type":"request","skipDefault":true}',
        },
        options: { parent: 'eth0' },
      },
    ],
    ['--subnet 10.9.0.0/24 --gateway 10.9.0.1 --ipam-driver static lan', { ipamDriver: 'static' }],
  ])('is %s', (expected, options) => {
    const network = one(textOf(options))
    expect(line(network)).toBe(`vethra network create ${expected}`)
    expect(network).toMatchObject({ lost: [] })
  })

  it('of version 1.x has an integer as id', () => {
    const text = textOf({}).replace(/"nerdctlID": "[^"]*"/, '"nerdctlID": 7')
    expect(line(one(text))).toContain('--subnet 10.9.0.0/24')
  })

  it('that a person has changed loses what networks here have not', () => {
    const list = JSON.parse(textOf({}))
    list.plugins[0].promiscMode = true
    list.plugins[0].ipam.resolvConf = '/etc/resolv.conf'
    list.plugins.push({ type: 'bandwidth', capabilities: { bandwidth: true } })
    const network = one(JSON.stringify(list))
    expect(network?.kind === 'wanted' && network.lost.map(({ field }) => field)).toEqual([
      'bridge.ipam.resolvConf',
      'bridge.promiscMode',
      'plugin bandwidth',
    ])
  })
})

describe('a conf list that a person has changed', () => {
  const list = (change: (list: ReturnType<typeof JSON.parse>) => void) => {
    const made = JSON.parse(textOf({}))
    change(made)
    return one(JSON.stringify(made))
  }

  it('names routes but the default one, and keys of the list', () => {
    const network = list((made) => {
      made.plugins[0].ipam.routes.push({ dst: '10.99.0.0/16', gw: '10.9.0.7' })
      made.plugins[0].ipam.routes.push({ dst: '0.0.0.0/0', gw: '10.9.0.7' })
      made.args = { x: 1 }
    })
    const fields = network?.kind === 'wanted' && network.lost.map(({ field }) => field)
    expect(fields).toEqual(['args', 'bridge.ipam.routes', 'bridge.ipam.routes'])
  })

  it('of hostile size is refused, or says how much more it loses', () => {
    const ranges = Array.from({ length: 65 }, (_, n) => [{ subnet: `10.9.${n}.0/24` }])
    expect(line(list((made) => Object.assign(made.plugins[0].ipam, { ranges })))).toBe('refused')
    const network = list((made) => {
      for (let n = 0; n < 100; n += 1) made.plugins.push({ type: `x${n}` })
    })
    const lost = network?.kind === 'wanted' ? network.lost : []
    expect([lost.length, lost.at(-1)]).toMatchObject([65, { field: '(more)', value: '36' }])
  })

  it.each([
    ['10.9.0.129', '10.9.0.254', '--ip-range 10.9.0.128/25'],
    ['10.9.0.10', '10.9.0.50', 'refused'],
  ])('has addresses from %s to %s: %s', (rangeStart, rangeEnd, expected) => {
    const network = list((made) =>
      Object.assign(made.plugins[0].ipam.ranges[0][0], { rangeStart, rangeEnd }),
    )
    expect(line(network)).toContain(expected)
  })
})

describe('a file beside them', () => {
  it.each([
    [
      'of another program',
      '{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"bridge"}]}',
      'passed',
    ],
    ['that is not a conf list', '{', 'refused'],
    [
      'with another plugin first',
      '{"cniVersion":"1.0.0","name":"a","nerdctlID":"x","plugins":[{"type":"ptp"}]}',
      'refused',
    ],
    [
      'with a subnet that cannot be',
      textOf({}).replaceAll('10.9.0.0/24', '224.0.0.0/24'),
      'refused',
    ],
  ])('%s is %3$s', (_, text, kind) => {
    expect(one(text)?.kind).toBe(kind)
  })
})
