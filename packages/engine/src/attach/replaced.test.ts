import { parseConfList } from '@vethra/conflist'
import type { LinkInside } from '@vethra/world'
import { expect, it } from 'vitest'
import type { PluginTools } from './run-plugin.ts'
import { pluginRunner } from './run-step.ts'

const plugins = [{ type: 'bridge', bridge: 'br0' }]
const list = parseConfList(JSON.stringify({ cniVersion: '1.0.0', name: 'lan', plugins }))
const mac = '02:00:00:00:00:0a'
const interfaces = [
  { name: 'br0' },
  { name: 'veth1', mac: '02:00:00:00:00:01' },
  { name: 'eth0', mac, sandbox: '/n' },
]
const result = JSON.stringify({ cniVersion: '1.0.0', interfaces })
const other: LinkInside = { kind: 'bridge', mac: '02:00:00:00:00:ff' }

it.each<[what: string, hostEnd: boolean, inside: LinkInside | undefined, netns: string]>([
  ['the namespace where the end on the host is there', true, other, '/n'],
  ['the namespace where nothing has the name inside', false, undefined, '/n'],
  ['the namespace where the end on the host was renamed', false, { kind: 'veth', mac }, '/n'],
  ['no namespace where another interface has the name by now', false, other, ''],
])('a DEL of what an ADD made is given %s', async (_, hostEnd, inside, netns) => {
  const given: string[] = []
  const tools = {
    runner: { run: async (call: { readonly netns: string }) => String(given.push(call.netns)) },
    netns: { hasLink: async () => hostEnd, linkAt: async () => inside },
  } as unknown as PluginTools
  await pluginRunner(tools, { list, isMade: true, result }).run({
    ...{ type: 'bridge', operation: 'DEL', containerId: 'a', netns: '/n', ifname: 'eth0' },
    ...{ cniArgs: [], stdin: '{}' },
  })
  expect(given).toEqual([netns])
})
