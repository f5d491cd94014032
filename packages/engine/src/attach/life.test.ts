import type { SeenNamespace } from '@vethra/cni'
import type { AttachmentRecord, CachedAttachment, SeenInterface } from '@vethra/world'
import { describe, expect, it } from 'vitest'
import { lifeNow } from './life.ts'

const key = { network: 'lan', containerId: 'c1', ifname: 'eth0' }
const old: AttachmentRecord = { ...key, netns: '/n', netnsId: '4:1' }
const seen: SeenNamespace = {
  found: 'namespace',
  netnsId: '4:1',
  cookie: '9',
  bootId: 'b',
  place: '24:2',
}
const inside: SeenInterface = {
  cookie: '9',
  mac: '02:00:0a:04:01:02',
  addresses: ['10.4.1.2/24', 'fe80::1/64'],
}
const result = JSON.stringify({
  cniVersion: '1.0.0',
  interfaces: [
    { name: 'veth1', mac: '02:00:00:00:00:01' },
    { name: 'eth0', mac: '02:00:0A:04:01:02', sandbox: '/n' },
  ],
  ips: [{ address: '10.4.1.2/24', interface: 1 }],
})

interface Now {
  readonly seen?: SeenNamespace
  readonly inside?: SeenInterface | undefined
  readonly result?: string
}

const lifeOfOld = (now: Now, record = old) => {
  const attachment = { ...key, netns: '/n', cniArgs: [], capabilityArgs: {} }
  const entry: CachedAttachment = {
    network: 'lan',
    attachment,
    listText: '',
    result: now.result ?? result,
  }
  const netns = {
    look: async () => now.seen ?? seen,
    interfaceIn: async () => ('inside' in now ? now.inside : inside),
    nonce: () => 'n',
    pluginsEnded: async () => undefined,
    changeablePart: () => undefined,
    hasLink: async () => true,
    linksIn: async () => [],
    linkAt: async () => undefined,
  }
  return lifeNow({ netns, cache: { read: async () => entry } }, record)
}

describe('a record of 0.1, which tells its namespace by device and inode', () => {
  it('is alive where the interface inside has the MAC and the addresses of its result', async () => {
    expect(await lifeOfOld({})).toBe('alive')
  })

  it.each<readonly [string, Now]>([
    ['no such interface is inside', { inside: undefined }],
    ['the interface has another MAC', { inside: { ...inside, mac: '02:00:0a:04:01:03' } }],
    ['the interface has another address', { inside: { ...inside, addresses: ['10.4.1.3/24'] } }],
    ['the interface was read in another namespace', { inside: { ...inside, cookie: '10' } }],
    ['the kernel has no cookie', { seen: { found: 'namespace', netnsId: '4:1', bootId: 'b' } }],
    ['the inode is another', { seen: { ...seen, netnsId: '4:2' } }],
    ['the result names no MAC', { result: '{"cniVersion":"0.2.0","ip4":{"ip":"10.4.1.2/24"}}' }],
    ['the result is unreadable', { result: '{' }],
  ])('is unknown where %s', async (_, now) => {
    expect(await lifeOfOld(now)).toBe('unknown')
  })
})

it('an interface proves nothing against a cookie', async () => {
  const record = { ...old, cookie: '8', bootId: 'b', place: '24:2' }
  expect(await lifeOfOld({}, record)).toBe('gone')
})

it.each([
  ['lives', '9', 'unknown'],
  ['is another by now, too', '10', 'gone'],
])(
  'what a record names that was edited is gone, and the namespace at the path of ADD %s',
  async (_, cookie, life) => {
    const attachment = { ...key, netns: '/made', cniArgs: [], capabilityArgs: {} }
    const netns = {
      look: async (path: string) => ({ ...seen, cookie: path === '/made' ? cookie : '8' }),
      interfaceIn: async () => inside,
      nonce: () => 'n',
      pluginsEnded: async () => undefined,
      changeablePart: () => undefined,
      hasLink: async () => true,
      linksIn: async () => [],
      linkAt: async () => undefined,
    }
    const cache = { read: async () => ({ network: 'lan', attachment, listText: '', result }) }
    const record = { ...old, cookie: '9', bootId: 'b', place: '24:2' }
    expect(await lifeNow({ netns, cache }, record)).toBe(life)
  },
)

it.each([
  ['lives', true, 'unknown'],
  ['has ended', false, 'gone'],
])(
  "a record that was edited to name another's living namespace is not alive there, and ADD's %s",
  async (_, isThere, life) => {
    const process = { ...seen, place: 'pid:[1]', startTime: '5' }
    const other = { ...process, cookie: '8', netnsId: '4:2', startTime: '6' }
    const missing = { found: 'missing', netnsId: '', bootId: 'b', place: 'pid:[1]' } as const
    const netns = {
      look: async (path: string) => (path === '/other' ? other : isThere ? process : missing),
      interfaceIn: async () => inside,
    } as unknown as Parameters<typeof lifeNow>[0]['netns']
    const attachment = { ...key, netns: '/made', cniArgs: [], capabilityArgs: {} }
    const made = { network: 'lan', attachment, listText: '', result }
    const { found: _found, ...identity } = other
    const record = { ...key, netns: '/other', ...identity, made }
    expect(await lifeNow({ netns, cache: { read: async () => made } }, record)).toBe(life)
  },
)
