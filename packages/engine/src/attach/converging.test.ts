import { type AttachmentKey, CniError } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import { type MemoryKernel, memoryIpamStore, memoryKernel } from '@vethra/memory-world'
import type { Owned } from '@vethra/state'
import type { AttachmentRecord, CachedAttachment, StageWorld } from '@vethra/world'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkAll } from './check-all.ts'
import { detachAll } from './detach-each.ts'
import { holdingContainer } from './holding.ts'
import type { HostTools } from './host-tools.ts'
import { attachEach, clearInterfaces } from './on-host.ts'
import { stageRunner } from './stage-runner.ts'

const list = parseConfList(
  JSON.stringify({
    cniVersion: '1.0.0',
    name: 'lan',
    plugins: [
      {
        type: 'bridge',
        bridge: 'br0',
        isGateway: true,
        ipMasq: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: '10.4.1.0/24' }]] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
      { type: 'marker' },
    ],
  }),
)
const native = parseConfList(list.text.replace(',{"type":"marker"}', ''))
const programs = parseConfList(
  JSON.stringify({
    cniVersion: '1.0.0',
    name: 'lan',
    plugins: [{ type: 'marker' }, { type: 'marker' }],
  }),
)
const killed = new Error('killed')
const textOf = ({ network, containerId, ifname }: AttachmentKey) =>
  `${network} ${containerId} ${ifname}`
const port: Owned = {
  owner: { kind: 'host' },
  resource: { kind: 'publish', protocol: 'tcp', hostPort: 443, address: '10.9.0.2', port: 443 },
}

type Host = ReturnType<typeof hostInMaps>

/** A host whose every effect is a step at which the process may be killed. */
function hostInMaps() {
  let steps = Number.POSITIVE_INFINITY
  // A process that was killed does nothing any more.
  const step = (): undefined => {
    steps -= 1
    if (steps < 0) throw killed
  }
  const stepping =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      step()
      return work(...args)
    }
  const folderOf = <T>(files: Map<string, T>, keyOf: (each: T) => AttachmentKey) => ({
    flush: async () => undefined,
    read: async (key: AttachmentKey) => files.get(textOf(key)),
    write: stepping(async (each: T) => void files.set(textOf(keyOf(each)), each)),
    remove: stepping(async (key: AttachmentKey) => void files.delete(textOf(key))),
    list: async () => [...files.values()],
  })
  const records = new Map<string, AttachmentRecord>()
  const entries = new Map<string, CachedAttachment>()
  const ended = new Set<string>()
  const marks = new Set<string>()
  const store = memoryIpamStore()
  const kernel = memoryKernel({ before: step })
  kernel.place('', port)
  const reservations = {
    ...store,
    reserveFirst: stepping(store.reserveFirst),
    release: stepping(store.release),
  }
  const world: StageWorld = {
    attachments: kernel,
    ipamAt: async () => reservations,
    resolvers: async () => ({}),
    programs: { run: async () => '' },
  }
  const tools: HostTools = {
    plugins: 'native',
    kernel: async () => kernel,
    runner: { stage: stageRunner(world), run: stepping(markerOf(marks, step)) },
    records: folderOf(records, (record) => record),
    cache: {
      ...folderOf(entries, ({ network, attachment }) => ({ ...attachment, network })),
      check: async () => undefined,
    },
    lock: { hold: async (_, work) => work(false) },
    rules: { save: async () => [], restore: async () => undefined },
    netns: namespacesOf(kernel, ended),
    places: { netconf: '/c', dataStore: '/d', runtime: '/r', networks: '/i' },
  }
  return {
    ...{ tools, kernel, records, entries, ended, marks, store },
    isKilled: () => steps < 0,
    killAt: (at: number) => {
      steps = at
    },
  }
}

/** A plugin that is a program: killed after it did its work, too. */
function markerOf(marks: Set<string>, step: () => undefined): HostTools['runner']['run'] {
  return async ({ operation, containerId, stdin }) => {
    if (operation === 'ADD') marks.add(containerId)
    if (operation === 'DEL') marks.delete(containerId)
    if (operation === 'CHECK' && !marks.has(containerId))
      throw new CniError({ code: 5, message: `no mark of ${containerId}` })
    step()
    const { prevResult = { cniVersion: '1.0.0' } } = JSON.parse(stdin)
    return operation === 'ADD' ? JSON.stringify(prevResult) : ''
  }
}

function namespacesOf(kernel: MemoryKernel, ended: ReadonlySet<string>): HostTools['netns'] {
  const place = { bootId: 'b', place: '24:2' }
  const linkAt = (path: string, ifname: string) => {
    const at = path === '/proc/self/ns/net' ? 'host link host' : `${path} link container`
    const found = kernel.contents.get(`${at} ${ifname}`)?.resource
    return found?.kind === 'link' ? { kind: found.type.name, mac: found.mac ?? '' } : undefined
  }
  return {
    look: async (path) =>
      ended.has(path)
        ? { found: 'missing', netnsId: '', ...place }
        : { found: 'namespace', netnsId: path, cookie: path, ...place },
    interfaceIn: async () => undefined,
    nonce: () => 'n',
    pluginsEnded: async () => undefined,
    changeablePart: () => undefined,
    hasLink: async (path, ifname) => linkAt(path, ifname) !== undefined,
    linksIn: async () => [],
    linkAt: async (path, ifname) => linkAt(path, ifname),
  }
}

interface Step {
  readonly who: 'a' | 'b'
  /** `end`: its namespace ends. `move`: it is in another one, while that goes on. */
  readonly what: 'attach' | 'detach' | 'end' | 'move'
  readonly killAt: number
}

const anySteps = fc.array(
  fc.record<Step>({
    who: fc.constantFrom('a', 'b'),
    what: fc.constantFrom('attach', 'detach', 'attach', 'detach', 'end', 'move'),
    // Half of the operations come to their end.
    killAt: fc.oneof(fc.integer({ min: 0, max: 15 }), fc.constant(Number.POSITIVE_INFINITY)),
  }),
  { maxLength: 10 },
)

/** The container in the namespace that it is in by now. */
function memberOf(who: string, life: number, of: typeof list) {
  const hostPort = who === 'a' ? 8001 : 8002
  const portMappings = [{ hostPort, containerPort: 80, protocol: 'tcp' }]
  const attachment = {
    ...{ containerId: who, netns: `/${who}${life}`, ifname: 'eth0', cniArgs: [] },
    capabilityArgs: { portMappings },
  }
  return { network: 'lan', list: of, attachment }
}

async function attach(host: Host, member: ReturnType<typeof memberOf>): Promise<void> {
  await clearInterfaces(host.tools, [member])
  await holdingContainer(host.tools, [member], () => attachEach(host.tools, [member]))
}

function refusal(error: unknown): CniError {
  if (error instanceof CniError && [102, 8].includes(error.code)) return error
  throw error
}

// An ADD is refused by one alone that came to its end: what is there is whole.
async function demandConverging(host: Host, member: ReturnType<typeof memberOf>): Promise<void> {
  const refused = await attach(host, member).then(() => undefined, refusal)
  const key = textOf({ network: 'lan', ...member.attachment })
  const record = host.records.get(key)
  if (refused === undefined) expect(record?.netns).toBe(member.attachment.netns)
  const there = { ...member, attachment: { ...member.attachment, netns: record?.netns ?? '' } }
  expect(host.entries.has(key)).toBe(true)
  await checkAll(host.tools, [there])
  await detachAll(host.tools, [there])
}

it.each([
  ['in this process', native],
  ['in this process and as programs', list],
  ['as programs', programs],
])(
  'plugins %s: for any sequence of operations and kills one more operation converges, and nothing of others changes',
  async (_, of) => {
    await fc.assert(
      fc.asyncProperty(anySteps, fc.boolean(), async (steps, isAdded) => {
        const host = hostInMaps()
        const lives = { a: 0, b: 0 }
        const member = (who: 'a' | 'b') => memberOf(who, lives[who], of)
        for (const { who, what, killAt } of steps) {
          const { netns } = member(who).attachment
          host.killAt(killAt)
          if (what === 'attach' || what === 'detach') {
            const done =
              what === 'attach' ? attach(host, member(who)) : detachAll(host.tools, [member(who)])
            await done.catch((error) => host.isKilled() || refusal(error))
            continue
          }
          if (what === 'end') host.kernel.endNamespace(netns)
          if (what === 'end') host.ended.add(netns)
          lives[who] += 1
        }
        host.killAt(Number.POSITIVE_INFINITY)
        for (const who of ['a', 'b'] as const) {
          if (isAdded) await demandConverging(host, member(who))
          else await detachAll(host.tools, [member(who)])
        }
        // Forwarding and lo stay.
        const left = [...host.kernel.contents.values()].filter(
          ({ owner, resource: { kind } }) =>
            owner.kind !== 'network' && !['sysctl', 'link settings'].includes(kind),
        )
        expect(left).toEqual([port])
        const reserved = await host.store.list('lan')
        expect([reserved, [...host.marks], [...host.records], [...host.entries]]).toEqual([
          [],
          [],
          [],
          [],
        ])
      }),
      { numRuns: 300 },
    )
  },
)

it('what plugins of this process made goes, also where the record was edited to name programs', async () => {
  const host = hostInMaps()
  const member = memberOf('a', 0, native)
  await attach(host, member)
  const [[key, record] = []] = host.records
  if (key === undefined || record?.ways === undefined) throw new Error('no record')
  const ways = record.ways.map((each) => ({ ...each, way: 'exec' }) as const)
  host.records.set(key, { ...record, ways })
  await detachAll(host.tools, [member])
  // What is inside of the namespace goes with the veth.
  const marked = [...host.kernel.contents].filter(
    ([place, { owner }]) =>
      owner.kind === 'attachment' && !place.startsWith(member.attachment.netns),
  )
  expect([marked, [...host.records]]).toEqual([[], []])
})
