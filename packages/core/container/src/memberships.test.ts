import type { ConfList, PluginConf } from '@vethra/cni'
import { expect, it } from 'vitest'
import {
  freeInterfaces,
  type JoiningContainer,
  membershipsOf,
  type WantedNetwork,
} from './memberships.ts'

const listOf = (name: string, capabilities: PluginConf['capabilities']): ConfList => ({
  ...{ name, cniVersion: '1.0.0', text: '', loadOnlyInlinedPlugins: false },
  ...{ disableCheck: false, disableGc: false },
  plugins: [{ type: 'bridge', capabilities, text: '' }],
})
const network = (name: string, more: Partial<WantedNetwork> = {}): WantedNetwork => ({
  name,
  list: listOf(name, {}),
  ips: [],
  ...more,
})
const publishing = (name: string) => network(name, { list: listOf(name, { portMappings: true }) })
const joining: JoiningContainer = {
  container: { namespace: 'default', id: 'c1' },
  containerId: 'default-c1',
  netns: '/n',
  hostname: 'web',
  ports: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '0.0.0.0' }],
  taken: [],
}

it('a container is attached with what it wants of a network', () => {
  const lan = network('lan', { ip: '10.4.1.9', ips: ['fd00::9'], macAddress: '02:00:00:00:00:09' })
  expect(membershipsOf({ ...joining, joined: '/run/netns/blue' }, [lan])).toEqual([
    {
      network: 'lan',
      list: lan.list,
      container: { namespace: 'default', id: 'c1' },
      joined: '/run/netns/blue',
      attachment: {
        containerId: 'default-c1',
        netns: '/n',
        ifname: 'eth0',
        cniArgs: [
          ['IgnoreUnknown', '1'],
          ['NERDCTL_CNI_DHCP_HOSTNAME', 'web'],
          ['IP', '10.4.1.9'],
          ['MAC', '02:00:00:00:00:09'],
        ],
        capabilityArgs: { ips: ['fd00::9'], portMappings: joining.ports },
      },
    },
  ])
})

it.each<[string, readonly WantedNetwork[], readonly string[]]>([
  ['the first whose plugins take them', [network('lan'), publishing('a'), publishing('b')], ['a']],
  ['the very first where no plugin takes them', [network('lan'), network('dmz')], ['lan']],
  ['the very first where it is missing', [network('gone', { list: undefined })], ['gone']],
  ['none where there is none', [], []],
])('the ports go through %s', (_, networks, publishers) => {
  const planned = membershipsOf(joining, networks)
  const through = planned.filter(({ attachment }) => 'portMappings' in attachment.capabilityArgs)
  expect(through.map((each) => each.network)).toEqual(publishers)
})

it('a container without ports publishes none', () => {
  const [membership] = membershipsOf({ ...joining, ports: [] }, [publishing('lan')])
  expect(membership?.attachment.capabilityArgs).toEqual({})
})

it.each([
  [2, [], ['eth0', 'eth1']],
  [1, ['eth0', 'eth2'], ['eth1']],
  [2, ['eth1', 'net0'], ['eth0', 'eth2']],
  [0, ['eth0'], []],
])('%i more interfaces beside %j are %j', (count, taken, names) => {
  expect(freeInterfaces(count, taken)).toEqual(names)
})
