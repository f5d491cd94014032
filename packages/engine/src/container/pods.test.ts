import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
import { describe, expect, it } from 'vitest'
import type { ForeignTools } from './foreign.ts'
import { readPods } from './pods.ts'

const result = (sandbox: string, address = '10.4.1.7/24') =>
  JSON.stringify({
    cniVersion: '1.0.0',
    interfaces: [
      { name: 'veth1', mac: '02:00:00:00:00:01' },
      { name: 'eth0', mac: '02:00:00:00:00:07', sandbox },
    ],
    ips: [{ address, interface: 1 }],
  })

const entry = (
  id: string,
  change: Partial<CachedAttachment> & { readonly name?: string } = {},
) => ({
  network: 'lan',
  attachment: {
    ...{ containerId: id, ifname: 'eth0', netns: '', capabilityArgs: {} },
    cniArgs: [
      ['K8S_POD_NAMESPACE', 'shop'],
      ['K8S_POD_NAME', change.name ?? id],
      ['K8S_POD_INFRA_CONTAINER_ID', id],
    ] as const,
  },
  listText: '',
  result: result(`/run/netns/${id}`),
  ...change,
})

const tools = (
  cached: readonly CachedAttachment[],
  more: Partial<ForeignTools> & {
    readonly records?: never
    readonly recorded?: readonly string[]
  } = {},
): ForeignTools => {
  const records = (more.recorded ?? []).map((containerId) => ({ containerId }) as AttachmentRecord)
  const { recorded: _, records: __, ...rest } = more
  return {
    cache: { list: async () => cached, read: async () => undefined } as ForeignTools['cache'] &
      object,
    records: { list: async () => records } as unknown as ForeignTools['records'],
    netns: {
      look: async (path: string) =>
        path.includes('gone')
          ? { found: 'missing', netnsId: '' }
          : { found: path.includes('odd') ? 'unreadable' : 'namespace', netnsId: '4:1' },
      interfaceIn: async () => undefined,
    } as unknown as ForeignTools['netns'],
    ...rest,
  }
}

describe('readPods', () => {
  it('gives pods by id, with networks in the order of interfaces, without lo', async () => {
    const second = entry('b')
    const pods = await readPods(
      tools([
        { ...second, network: 'back', attachment: { ...second.attachment, ifname: 'net1' } },
        second,
        { ...second, network: 'cni-loopback', attachment: { ...second.attachment, ifname: 'lo' } },
        entry('a'),
      ]),
    )
    expect(pods.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(pods[1]?.attachments.map(({ network }) => network)).toEqual(['lan', 'back'])
    expect(pods[1]?.names?.name).toBe('k8s://shop/b')
    expect(pods[1]?.names?.networks?.['lan']?.ips[0]?.address).toBe('10.4.1.7/24')
  })

  it.each([
    ['a', 'running', '/run/netns/a'],
    ['gone', 'dead', ''],
    ['odd', 'unknown', ''],
  ] as const)('by its namespace, %s is %s', async (id, state, netns) => {
    expect(await readPods(tools([entry(id)]))).toMatchObject([{ state, netns }])
  })

  it('a path of a process proves nothing where the interface is not the one of ADD', async () => {
    const pods = await readPods(tools([entry('a', { result: result('/proc/7/ns/net') })]))
    expect(pods).toMatchObject([{ state: 'unknown' }])
  })

  it('leaves out what our runtime recorded, and names that plugins refuse', async () => {
    const odd = [entry('\u001b[2J'), entry('../x'), entry('n', { network: '../etc' }), entry('')]
    expect(await readPods(tools([...odd, entry('c')], { recorded: ['c'] }))).toEqual([])
  })

  it('a result that cannot be read leaves the pod without addresses, and its state unknown', async () => {
    const pods = await readPods(tools([entry('a', { result: '{"ips":[{"address":"x"}]}' })]))
    expect(pods).toMatchObject([
      { id: 'a', state: 'unknown', names: { networks: { lan: { ips: [] } } } },
    ])
  })

  it("names are those of the runtime's records, where they can be a pod's; else those of the cache", async () => {
    const sandboxes = async () =>
      new Map([
        ['a', { namespace: 'shop', name: 'told' }],
        ['b', { namespace: 'shop', name: 'evil\n' }],
      ])
    const cached = [entry('a', { name: '\u001b' }), entry('b'), entry('c')]
    const pods = await readPods(tools(cached, { sandboxes }))
    expect(pods.map(({ names }) => names?.name)).toEqual(
      ['told', 'b', 'c'].map((each) => `k8s://shop/${each}`),
    )
  })
})
