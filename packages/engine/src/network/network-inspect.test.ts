import { invalidFileError } from '@vethra/cni'
import type { CachedAttachment } from '@vethra/world'
import { expect, it } from 'vitest'
import { inspectNetworks } from './network-inspect.ts'
import type { ManageTools } from './tools.ts'

const pod: CachedAttachment = {
  network: 'lan',
  attachment: {
    ...{ containerId: 'c1', ifname: 'eth0', netns: '/run/netns/c1', capabilityArgs: {} },
    cniArgs: [
      ['K8S_POD_NAMESPACE', 'shop'],
      ['K8S_POD_NAME', 'web'],
      ['K8S_POD_INFRA_CONTAINER_ID', 'c1'],
    ],
  },
  listText: '',
  result: '{"cniVersion":"1.0.0","ips":[{"address":"10.4.1.7/24"},{"address":"fd00::7/64"}]}',
}

const toolsOf = (namespace: string, file: string, found = 'namespace') => {
  const text = '{"cniVersion":"1.0.0","name":"lan","plugins":[{"type":"bridge"}]}'
  return {
    settings: { namespace },
    networks: { list: async () => [{ file, text }] },
    hosts: { list: async () => [] },
    host: {
      cache: { list: async () => [pod] },
      records: { list: async () => [] },
      netns: { look: async () => ({ found, netnsId: '4:1' }) },
    },
  }
}
const shownIn = async (tools: unknown) => {
  const { shown } = await inspectNetworks(tools as ManageTools, ['lan'], 'dockercompat')
  return shown[0]?.Containers
}
const inside = (...where: Parameters<typeof toolsOf>) => shownIn(toolsOf(...where))

it('shows the pods that are in a network, in each namespace that shares it', async () => {
  const endpoint = { Name: 'k8s://shop/web', IPv4Address: '10.4.1.7/24', IPv6Address: 'fd00::7/64' }
  for (const namespace of ['default', 'other'])
    expect(await inside(namespace, '/etc/cni/net.d/lan.conflist')).toMatchObject({ c1: endpoint })
})

it('shows none in a namesake that a namespace has for itself, nor one whose namespace is gone', async () => {
  expect(await inside('other', '/etc/cni/net.d/other/lan.conflist')).toEqual({})
  expect(await inside('default', '/etc/cni/net.d/lan.conflist', 'missing')).toEqual({})
})

it('shows the others where the files of one container are damaged', async () => {
  const tools = toolsOf('default', '/etc/cni/net.d/lan.conflist')
  const networks = { lan: { interfaces: [], ips: [{ address: '10.4.1.9/24' }] } }
  const names = { id: 'bad', name: 'bad', networks }
  const shown = await shownIn({
    ...tools,
    hosts: { list: async () => [names], read: async () => names },
    containers: { read: () => Promise.reject(invalidFileError('vethra.json is damaged')) },
  })
  expect(Object.keys(shown ?? {})).toEqual(['c1'])
})

it('reads the records once, however many containers it has', async () => {
  const tools = toolsOf('default', '/etc/cni/net.d/lan.conflist')
  const ids = Array.from({ length: 100 }, (_, index) => `web${index}`)
  const networks = { lan: { interfaces: [], ips: [{ address: '10.4.1.9/24' }] } }
  const record = { network: 'lan', ifname: 'eth0', netns: '/run/netns/web', netnsId: '4:1' }
  let listed = 0
  const list = async () => {
    listed += 1
    return ids.map((id) => ({ ...record, containerId: `default-${id}` }))
  }
  const containers = await shownIn({
    ...tools,
    hosts: { list: async () => ids.map((id) => ({ id, name: id, networks })) },
    host: { ...tools.host, cache: { list: async () => [] }, records: { list } },
  })
  expect(Object.keys(containers ?? {})).toEqual(ids)
  expect(listed).toBeLessThan(5)
})
