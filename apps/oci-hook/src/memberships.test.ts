import type { HookRequest } from '@vethra/container'
import { networksFromFiles } from '@vethra/networks'
import { expect, it } from 'vitest'
import { membershipsOf, publishing } from './memberships.ts'

const text = (name: string) =>
  `{"cniVersion":"1.0.0","name":"${name}","nerdctlID":"${name.repeat(20)}","plugins":[{"type":"bridge"}]}`
const { networks } = networksFromFiles([
  { file: '/d/lan.conflist', text: text('lan') },
  { file: '/d/dmz.conflist', text: text('dmz') },
])
const request: HookRequest = {
  id: 'c1',
  namespace: 'default',
  name: '',
  hostname: 'web',
  domainname: '',
  networks: [{ ref: 'lan', ip: '10.4.1.9', macAddress: '02:00:00:00:00:09', aliases: [] }],
  extraHosts: [],
  ports: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '0.0.0.0' }],
  mode: 'cni',
}

it('a container is attached under its namespace and id, with what its network asked for', () => {
  expect(publishing(membershipsOf(request, networks, '/n'), request)).toMatchObject([
    {
      network: 'lan',
      list: { name: 'lan' },
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
        capabilityArgs: { portMappings: [{ hostPort: 8080, containerPort: 80 }] },
      },
    },
  ])
})

it('each network has its own addresses, and only one publishes the ports', () => {
  const two = {
    ...request,
    networks: [...request.networks, { ref: 'dmzdmzdmzdmz', ip6: 'fd00::9', aliases: [] }],
  }
  const [, second] = publishing(membershipsOf(two, networks, '/n'), two)
  expect(second).toMatchObject({
    network: 'dmz',
    attachment: { ifname: 'eth1', capabilityArgs: { ips: ['fd00::9'] } },
  })
  expect(second?.attachment.capabilityArgs).not.toHaveProperty('portMappings')
  expect(second?.attachment.cniArgs).toHaveLength(2)
})

it('ports go through the first network whose plugins take them', () => {
  const mapped = text('pub').replace(
    '{"type":"bridge"}',
    '{"type":"portmap","capabilities":{"portMappings":true}}',
  )
  const known = networksFromFiles([
    { file: '/d/lan.conflist', text: text('lan') },
    { file: '/d/pub.conflist', text: mapped },
  ])
  const both = { ...request, networks: ['lan', 'pub'].map((ref) => ({ ref, aliases: [] })) }
  const planned = publishing(membershipsOf(both, known.networks, '/n'), both)
  expect(planned.map(({ attachment }) => Object.keys(attachment.capabilityArgs))).toEqual([
    [],
    ['portMappings'],
  ])
})

it('a network that is not there has no list', () => {
  const gone = { ...request, networks: [{ ref: 'gone', aliases: [] }] }
  expect(membershipsOf(gone, networks, '/n')).toMatchObject([{ network: 'gone', list: undefined }])
})
