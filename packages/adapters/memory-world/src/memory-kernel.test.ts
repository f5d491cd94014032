import type { LinkType, Owned } from '@vethra/state'
import { describeKernel } from '@vethra/world-kit'
import { expect, it } from 'vitest'
import { memoryKernel } from './index.ts'

describeKernel('memoryKernel', async () => {
  const kernel = memoryKernel({
    namespaces: ['/run/netns/web', '/run/netns/db'],
    hasSetting: (key) => !key.endsWith('/nonesuch'),
  })
  return {
    kernel,
    netns: '/run/netns/web',
    other: '/run/netns/db',
    endNamespace: async (netns) => kernel.endNamespace(netns),
    close: async () => {},
  }
})

it.each<[LinkType, option: string]>([
  [{ name: 'vlan', parent: 'up0', id: 5 }, 'CONFIG_VLAN_8021Q'],
  [{ name: 'ipvlan', parent: 'up0', mode: 'l2' }, 'CONFIG_IPVLAN'],
  [{ name: 'vrf', table: 1 }, 'CONFIG_NET_VRF'],
  [{ name: 'dummy' }, 'CONFIG_DUMMY'],
])('a kernel that lacks %j names %s, and makes nothing', async (type, option) => {
  const kernel = memoryKernel({ lacks: ['VLAN', 'ipvlan', 'VRF', 'dummy'] })
  const resource = { kind: 'link', place: 'container', name: 'eth0', type, up: true } as const
  const to: Owned = { owner: { kind: 'network', network: 'lan' }, resource }
  const { done, failed } = await kernel.apply('/n', [{ kind: 'make', to }])
  expect([done, kernel.contents.size]).toEqual([[], 0])
  expect(failed?.error.hint).toContain(option)
})
