import type { Membership } from '@vethra/container'
import type { AttachmentRecord, CachedAttachment, NamedLink } from '@vethra/world'
import { expect, it } from 'vitest'
import type { HostTools } from './host-tools.ts'
import { madeOf } from './remembered.ts'
import { removeLeftLink } from './remove-left-link.ts'

const attachment = {
  ...{ containerId: 'a', ifname: 'eth0', netns: '/n' },
  ...{ cniArgs: [], capabilityArgs: {} },
}
const mac = '02:00:00:00:00:01'
const made = { name: 'own', kind: 'ipvlan', mac, addresses: ['10.4.1.2'], leadsOut: true }
const second = { ...made, name: 'own2', addresses: ['10.4.1.3'] }

// One ipvlan shares the MAC of its parent with all others.
const cases: readonly (readonly [string, readonly Partial<NamedLink>[], string | undefined])[] = [
  ['under its new name', [{}], 'own'],
  ['of two alike by its address', [second, {}], 'own'],
  ['nothing of one alike with another address: another runtime made it', [second], undefined],
  ['nothing of two alike with other addresses', [second, { ...second, name: 'x' }], undefined],
  ['beside another attachment of ours', [{ name: 'eth1' }, {}], 'own'],
  ['nothing but another attachment of ours', [{ name: 'eth1' }], undefined],
  ['nothing of another MAC', [{ mac: '02:00:00:00:00:02' }], undefined],
  ['nothing of another kind', [{ kind: 'macvlan' }], undefined],
  ['nothing on top of an interface of the container', [{ leadsOut: false }], undefined],
  ['nothing that has its name', [{ name: 'eth0' }], undefined],
]

it.each(cases)('takes %s', async (_, links, expected) => {
  const removed: string[] = []
  const identity = { netnsId: '4:1', cookie: '7', bootId: 'b' }
  const record = { network: 'up', containerId: 'a', ifname: 'eth1', netns: '/n', ...identity }
  const tools = {
    netns: {
      look: async () => ({ found: 'namespace', ...identity }),
      linksIn: async () => links.map((each) => ({ ...made, ...each })),
    },
    records: { list: async (): Promise<readonly AttachmentRecord[]> => [record] },
    kernel: async () => ({
      apply: async (
        at: string,
        [{ from }]: readonly [{ from: { resource: { name: string } } }],
      ) => {
        removed.push(`${at} ${from.resource.name}`)
        return { done: [] }
      },
    }),
  } as unknown as HostTools
  const plugins = [{ type: 'ipvlan', master: 'wire' }]
  const cached: CachedAttachment = {
    ...{ network: 'up', attachment },
    listText: JSON.stringify({ cniVersion: '1.0.0', name: 'up', plugins }),
    result: JSON.stringify({
      cniVersion: '1.0.0',
      interfaces: [{ name: 'eth0', mac, sandbox: '/n' }],
      ips: [{ address: '10.4.1.2/24', interface: 0 }],
    }),
  }
  const membership: Membership = { network: 'up', list: undefined, attachment }
  const found = await removeLeftLink(tools, membership, madeOf(cached))
  expect([found, removed]).toEqual([expected !== undefined, expected ? [`/n ${expected}`] : []])
})

const veth = { name: 'veth1', mac: '02:00:00:00:00:09' }
const ownerOf = (containerId: string) =>
  ({ kind: 'attachment', network: 'up', containerId, ifname: 'eth0' }) as const

it.each([
  ['bears its mark', [{ name: 'veth1', owner: ownerOf('a') }], ['a'], true],
  ["bears another's mark", [{ name: 'veth1', owner: ownerOf('b') }], ['a'], false],
  ['its result alone names', [], ['a'], true],
  ["another's result names, too", [], ['a', 'b'], false],
])('a veth that is left goes where it %s: %j', async (_, marked, naming, isRemoved) => {
  const removed: unknown[] = []
  const result = JSON.stringify({ cniVersion: '1.0.0', interfaces: [veth] })
  const entryOf = (containerId: string): CachedAttachment => ({
    ...{ network: 'up', attachment: { ...attachment, containerId } },
    listText: JSON.stringify({ cniVersion: '1.0.0', name: 'up', plugins: [{ type: 'bridge' }] }),
    result,
  })
  const tools = {
    netns: { hasLink: async () => true },
    cache: { list: async () => naming.map(entryOf) },
    kernel: async () => ({
      facts: async () => ({ links: { veth1: { kind: 'veth', mac: veth.mac } } }),
      marked: async () => marked,
      apply: async (...change: readonly unknown[]) => {
        removed.push(change)
        return { done: [] }
      },
    }),
  } as unknown as HostTools
  const gone = { ...attachment, netns: '' }
  const membership: Membership = { network: 'up', list: undefined, attachment: gone }
  expect(await removeLeftLink(tools, membership, madeOf(entryOf('a')))).toBe(isRemoved)
  expect(removed).toHaveLength(isRemoved ? 1 : 0)
})
