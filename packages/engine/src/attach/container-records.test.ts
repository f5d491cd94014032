import type { AttachmentRecord, NamespaceFacts } from '@vethra/world'
import { expect, it } from 'vitest'
import { attachedIds, isCutShort, recordsAmong, refuseOthers } from './container-records.ts'

const record = (
  containerId: string,
  container?: AttachmentRecord['container'],
): AttachmentRecord => ({
  ...{ network: 'lan', containerId, ifname: 'eth0', netns: '/run/netns/a', netnsId: '4:1' },
  ...(container ? { container } : {}),
})

const web = { namespace: 'default-web', id: '1' }
const other = { namespace: 'default', id: 'web-1' }
const shared = 'default-web-1'

it('a record is of the container that it names, whatever its container id', () => {
  const records = [record(shared, web), record(shared, other)]
  expect(recordsAmong(records, web)).toEqual([records[0]])
  expect(recordsAmong(records, other)).toEqual([records[1]])
})

it('a record of 0.1 is of a container whose id it has by one dash, unless that has a record of its own', () => {
  const old = record(shared)
  expect(recordsAmong([old], web)).toEqual([old])
  expect(recordsAmong([old], { namespace: 'default-web', id: '2' })).toEqual([])
  const own = record('default-web--1', web)
  expect(recordsAmong([old, own], web)).toEqual([own])
  const joined = { ...record(shared, web), network: 'back' }
  expect(recordsAmong([old, joined], web)).toEqual([joined, old])
  expect(recordsAmong([{ ...old, netns: '/run/netns/b' }, joined], web)).toEqual([joined])
  expect(attachedIds([old])(web)).toBe(shared)
  expect(attachedIds([old, own])(web)).toBe('default-web--1')
  expect(attachedIds([record(shared, other)])(web)).toBe('default-web--1')
})

const result = JSON.stringify({
  cniVersion: '1.0.0',
  interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:07', sandbox: '/n' }],
  ips: [{ address: '10.4.1.7/24', interface: 0 }],
})
const boot = { bootId: 'b', place: '0:1' }
const namespaces: Readonly<Record<string, string>> = {
  ...{ '/run/netns/a': '1', '/run/netns/b': '2', '/proc/7/ns/net': '7', '/proc/8/ns/net': '8' },
}
// Process 7 is the container's that has the interface; 8 is another by now.
const netns: NamespaceFacts = {
  look: async (path) => {
    const cookie = namespaces[path]
    const place = path.startsWith('/proc/') ? 'pid:0:1' : '0:1'
    return cookie === undefined
      ? { ...boot, place, netnsId: '', found: 'missing' }
      : { ...boot, place, netnsId: `4:${cookie}`, cookie, found: 'namespace' }
  },
  interfaceIn: async (path) => ({
    ...{ cookie: namespaces[path] ?? '', mac: `02:00:00:00:00:0${namespaces[path]}` },
    addresses: ['10.4.1.7/24'],
  }),
  changeablePart: () => undefined,
  hasLink: async () => true,
  linksIn: async () => [],
  linkAt: async () => undefined,
  nonce: () => '',
  pluginsEnded: async () => {},
}
const tools = { netns, cache: { read: async () => undefined } }
const attachment = { containerId: shared, ifname: 'eth0', cniArgs: [], capabilityArgs: {} }
const membership = (path: string) => ({
  ...{ network: 'lan', list: undefined, container: web },
  attachment: { ...attachment, netns: path },
})
const cached = (path: string) => ({
  ...{ network: 'lan', attachment: { ...attachment, netns: path }, listText: '', result },
})
const at = (path: string, cookie: string, container?: AttachmentRecord['container']) => ({
  ...record(shared, container),
  ...{ ...boot, netns: path, netnsId: `4:${cookie}`, cookie },
})

it.each([
  ['nothing', undefined, undefined, 'free'],
  ['a living record of its own elsewhere', at('/run/netns/a', '1', web), undefined, 'taken'],
  ['a record of its own in this namespace', at('/run/netns/b', '2', web), undefined, 'free'],
  ['a dead record of its own', at('/run/netns/a', '3', web), undefined, 'free'],
  [
    'a record of its own that cannot be told',
    { ...at('/x/a', '3', web), place: '0:9' },
    undefined,
    'free',
  ],
  ['a living record of another', at('/run/netns/a', '1', other), undefined, 'taken'],
  ['a dead record of another', at('/run/netns/a', '3', other), undefined, 'free'],
  [
    'a record of another that cannot be told',
    { ...at('/x/a', '3', other), place: '0:9' },
    undefined,
    'taken',
  ],
  ['a living record of 0.1', at('/run/netns/a', '1'), undefined, 'taken'],
  ['a record of 0.1 that cannot be told', { ...at('/x/a', '3'), place: '0:9' }, undefined, 'free'],
  ['a record of 0.1 of the same namespace', at('/run/netns/b', '2'), undefined, 'free'],
  ['a living entry', undefined, cached('/run/netns/a'), 'taken'],
  ['a living entry of a process', undefined, cached('/proc/7/ns/net'), 'taken'],
  ['an entry whose process is another by now', undefined, cached('/proc/8/ns/net'), 'free'],
  ['an entry of the same namespace', undefined, cached('/run/netns/b'), 'free'],
  ['an entry whose namespace has gone', undefined, cached('/run/netns/c'), 'free'],
] as const)('where there is %s', async (_what, has, entry, verdict) => {
  const refused = refuseOthers(tools, membership('/run/netns/b'), { record: has, cached: entry })
  if (verdict === 'free') return expect(await refused).toBeUndefined()
  return expect(refused).rejects.toMatchObject({ code: 102 })
})

it.each([
  ['an ADD without a result', { underWay: 'ADD' }, false, true],
  ['an ADD with one', { underWay: 'ADD' }, true, false],
  ['a DEL', { underWay: 'DEL' }, true, true],
  ['nothing', {}, false, false],
  // The version before said no more of an ADD than what was asked.
  ['an ADD of the version before', { asked: cached('/run/netns/a') }, false, true],
] as const)('%s under way is cut short, or not', (_, fields, isCached, expected) => {
  const both = { record: { ...record(shared, web), ...fields } }
  const entry = isCached ? cached('/run/netns/a') : undefined
  expect(isCutShort({ ...both, cached: entry })).toBe(expected)
})
