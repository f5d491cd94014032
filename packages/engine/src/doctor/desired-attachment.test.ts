import { parseConfList } from '@vethra/conflist'
import type { PluginWay } from '@vethra/plugins'
import type { CachedAttachment } from '@vethra/world'
import { expect, it } from 'vitest'
import { attachmentReader } from './desired-attachment.ts'

const list = {
  cniVersion: '1.0.0',
  name: 'lan',
  plugins: [
    { type: 'bridge', bridge: 'br0', isGateway: true, ipMasq: true, ipam: { type: 'host-local' } },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
}
const result = {
  cniVersion: '1.0.0',
  interfaces: [
    { name: 'br0', mac: '02:00:00:00:00:01' },
    { name: 'veth1', mac: '02:00:00:00:00:02' },
    { name: 'eth0', mac: '02:00:00:00:00:03', sandbox: '/run/netns/one' },
  ],
  ips: [
    { address: '10.4.1.2/24', gateway: '10.4.1.1', interface: 2 },
    { address: 'FD00:0:0::2/64', interface: 2 },
  ],
}
const made: CachedAttachment = {
  network: 'lan',
  attachment: {
    containerId: 'c1',
    netns: '/run/netns/one',
    ifname: 'eth0',
    cniArgs: [],
    capabilityArgs: {
      portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'TCP', hostIP: '127.0.0.1' }],
    },
  },
  listText: JSON.stringify(list),
  result: JSON.stringify(result),
}

it('says what an attachment has by its effect', () => {
  expect(attachmentReader(new Map())(made)).toEqual({
    network: 'lan',
    containerId: 'c1',
    ifname: 'eth0',
    netns: '/run/netns/one',
    addresses: [
      { address: '10.4.1.2', prefixLength: 24, gateway: '10.4.1.1' },
      { address: 'fd00::2', prefixLength: 64 },
    ],
    mac: '02:00:00:00:00:03',
    hostLink: 'veth1',
    bridge: { name: 'br0', routed: true, mac: '02:00:00:00:00:01' },
    masqueraded: true,
    admitted: false,
    isolation: 'none',
    ports: [{ protocol: 'tcp', hostPort: 8080, containerPort: 80, hostIp: '127.0.0.1' }],
    inTable: [],
    publishes: 'does',
    answersLocally: true,
    dataDir: '/var/lib/cni/networks',
  })
})

it('takes the list of now where none was cached', () => {
  const networks = new Map([['lan', parseConfList(made.listText)]])
  const old = { ...made, listText: '' }
  expect(attachmentReader(networks)(old)).toMatchObject({ hostLink: 'veth1', masqueraded: true })
  expect(attachmentReader(new Map())(old)).toBeUndefined()
})

it.each([
  ['a damaged list', { ...made, listText: '{' }],
  ['a damaged result', { ...made, result: 'x' }],
])('%s is read as nothing, and keeps nobody from the others', (_, damaged) => {
  const read = attachmentReader(new Map())
  expect([read(damaged), read(made)?.containerId]).toEqual([undefined, 'c1'])
})

it('a port of a network that keeps its containers apart is isolated, where plugin firewall did it here', () => {
  const own = { ...result, interfaces: [{ name: 'br0', mac: '' }, ...result.interfaces.slice(1)] }
  const plugins = [...list.plugins, { type: 'firewall', ingressPolicy: 'isolated' }]
  const apart = {
    ...made,
    listText: JSON.stringify({ ...list, plugins }),
    result: JSON.stringify(own),
  }
  const port = (way: PluginWay['way']) => {
    const ways = plugins.map(({ type }, at) => ({ type, way: at === 2 ? way : 'native' }) as const)
    return attachmentReader(new Map())(apart, ways)?.bridge?.port
  }
  expect([port('native')?.isolated, port('exec')?.isolated]).toEqual([true, false])
})

it.each([
  ['127.0.0.1', {}, true],
  ['', {}, true],
  ['192.0.2.1', {}, undefined],
  ['', { snat: false }, undefined],
])('a port at "%s" with %j answers at 127.0.0.1: %j', (hostIP, conf, answers) => {
  const [main, portmap] = list.plugins
  const listText = JSON.stringify({ ...list, plugins: [main, { ...portmap, ...conf }] })
  const portMappings = [{ hostPort: 8080, containerPort: 80, protocol: 'TCP', hostIP }]
  const attachment = { ...made.attachment, capabilityArgs: { portMappings } }
  const read = attachmentReader(new Map())({ ...made, listText, attachment })
  expect(read?.answersLocally).toBe(answers)
})
