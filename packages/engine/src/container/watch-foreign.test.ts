import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
import { expect, it } from 'vitest'
import type { OtherTools } from './other-ref.ts'
import { watchForeign } from './watch-foreign.ts'

const hash = 'ab'.repeat(32)

const entry = (containerId: string, cniArgs: CachedAttachment['attachment']['cniArgs'] = []) => ({
  network: 'lan',
  attachment: {
    ...{ containerId, ifname: 'eth0', netns: `/run/netns/${containerId}` },
    ...{ cniArgs, capabilityArgs: {} },
  },
  listText: '',
  result: JSON.stringify({
    cniVersion: '1.0.0',
    interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:07', sandbox: '/n' }],
    ips: [{ address: '10.4.1.7/24', interface: 0 }],
  }),
})

const pod = (id: string) =>
  entry(id, [
    ['K8S_POD_NAMESPACE', 'shop'],
    ['K8S_POD_NAME', id],
    ['K8S_POD_INFRA_CONTAINER_ID', id],
  ])

// A host whose cache and records are what `now` has.
const watched = () => {
  const now = {
    cached: [] as CachedAttachment[],
    recorded: [] as string[],
    asked: 0,
    meanwhile: () => {},
  }
  const next = watchForeign({
    cache: { list: async () => now.cached, read: async () => undefined },
    records: {
      list: async () => {
        const listed = now.recorded.map((containerId) => ({ containerId }) as AttachmentRecord)
        now.meanwhile()
        return listed
      },
    },
    netns: {
      look: async () => ({ found: 'namespace', netnsId: '4:1' }),
      interfaceIn: async () => undefined,
    },
    sandboxes: async () => {
      now.asked += 1
      return new Map()
    },
    facts: async () => ({
      knownContainers: async () => [],
      taskState: async (namespace: string, id: string) =>
        namespace === 'my-team' && id === 'web' ? '{}' : undefined,
      nerdctlName: async (_: string, id: string) => (id === hash ? 'store' : ''),
    }),
  } as unknown as OtherTools)
  return { now, next }
}

it('pods that come and go after the first call are told, and the runtime is asked for new ones alone', async () => {
  const { now, next } = watched()
  now.cached = [pod('a')]
  expect(await next()).toEqual([])
  now.cached = [pod('a'), pod('b')]
  const place = { Container: 'b', Network: 'lan', Interface: 'eth0', Namespace: 'k8s.io' }
  expect(await next()).toMatchObject([
    { Type: 'container-attached', Name: 'k8s://shop/b', ...place, Addresses: ['10.4.1.7/24'] },
  ])
  expect([await next(), now.asked]).toEqual([[], 1])
  now.cached = [pod('a')]
  expect(await next()).toMatchObject([
    { Type: 'container-detached', Name: 'k8s://shop/b', ...place },
  ])
  expect([await next(), now.asked]).toEqual([[], 1])
})

it.each([
  [`default-${hash}`, { Container: hash, Namespace: 'default', Name: 'store', Subject: 'store' }],
  ['my-team-web', { Container: 'web', Namespace: 'my-team', Subject: 'web' }],
  ['cnitool-77', { Container: 'cnitool-77', Subject: 'cnitool-77' }],
])('%s of another program is told as what it is', async (containerId, whose) => {
  const { now, next } = watched()
  await next()
  now.cached = [entry(containerId)]
  const told = { ...whose, Network: 'lan', Interface: 'eth0' }
  const Message = expect.stringContaining(whose.Subject)
  expect(await next()).toEqual([
    { Type: 'container-attached', Message, ...told, Addresses: ['10.4.1.7/24'] },
  ])
  now.cached = []
  expect(await next()).toEqual([{ Type: 'container-detached', Message, ...told }])
})

it.each(['attached', 'detached'])(
  'one of ours that is being %s while both are read is none of another program',
  async (what) => {
    const { now, next } = watched()
    await next()
    now.cached = [entry(`default-${hash}`)]
    now.meanwhile = () => {
      if (what === 'attached') now.recorded = [`default-${hash}`]
      else now.cached = []
    }
    expect([await next(), await next()]).toEqual([[], []])
  },
)
