import { describe, expect, it } from 'vitest'
import { dockerNetwork, nativeNetwork, networkConfList, networksFromFiles } from './index.ts'

const { text } = networkConfList(
  {
    name: 'lan',
    driver: 'bridge',
    subnets: ['10.1.0.0/16'],
    ipv4: true,
    ipv6: false,
    gateways: [],
    ipRanges: ['10.1.100.0/24'],
    auxAddresses: ['printer=10.1.100.6'],
    internal: false,
    ipamDriver: 'default',
    ipamOptions: {},
    options: {},
    labels: { team: 'a' },
  },
  { used: [], pools: [] },
)
const [lan, old] = networksFromFiles([
  { file: '/n/nerdctl-lan.conflist', text, modified: '2026-01-31T12:00:00.000Z' },
  { file: '/n/old.conf', text: '{"name":"old","type":"ptp","mtu":1400}' },
]).networks
const web = {
  id: 'c1',
  name: 'web',
  macAddress: '02:00:00:00:00:01',
  ipv4Address: '10.1.100.1/16',
  ipv6Address: '',
}
const endpoint = {
  Name: 'web',
  MacAddress: '02:00:00:00:00:01',
  IPv4Address: '10.1.100.1/16',
  IPv6Address: '',
}

describe('dockerNetwork', () => {
  it("has docker's keys in its order, and hides the aux label", () => {
    expect(lan && JSON.stringify(dockerNetwork(lan, [web]))).toBe(
      JSON.stringify({
        Name: 'lan',
        Id: '094a367b026246fb64649c4f868a45d8187821d16a973141436fd9cd2acfdb4a',
        Created: '2026-01-31T12:00:00.000Z',
        Driver: 'bridge',
        EnableIPv6: false,
        IPAM: {
          Config: [
            {
              Subnet: '10.1.0.0/16',
              Gateway: '10.1.0.1',
              IPRange: '10.1.100.0/24',
              AuxiliaryAddresses: { printer: '10.1.100.6' },
            },
          ],
        },
        Internal: false,
        Containers: { c1: endpoint },
        Options: {},
        Labels: { team: 'a' },
      }),
    )
  })

  it('leaves out what a network of others has not', () => {
    expect(old && dockerNetwork(old, [])).toEqual({
      Name: 'old',
      Created: '',
      Driver: 'ptp',
      EnableIPv6: false,
      IPAM: { Config: [] },
      Internal: false,
      Containers: {},
      Options: { mtu: '1400' },
      Labels: null,
    })
  })
})

describe('nativeNetwork', () => {
  it('holds the conf list itself', () => {
    const native = lan && nativeNetwork(lan, [web])
    expect(native && Object.keys(native)).toEqual([
      'CNI',
      'NerdctlID',
      'NerdctlLabels',
      'File',
      'Containers',
    ])
    expect(native).toMatchObject({
      CNI: JSON.parse(text),
      NerdctlLabels: { team: 'a' },
      File: '/n/nerdctl-lan.conflist',
      Containers: [{ ID: 'c1', ...endpoint }],
    })
  })

  it('has null where there is nothing', () => {
    expect(old && nativeNetwork(old, [])).toMatchObject({ NerdctlID: null, Containers: null })
    expect(old && nativeNetwork(old, [])).not.toHaveProperty('NerdctlLabels')
  })
})
