import type { ContainerRef } from '@vethra/cni'
import type { AttachmentRecord, CachedAttachment } from '@vethra/world'
import { describe, expect, it } from 'vitest'
import type { ManageTools } from '../network/tools.ts'
import { findContainer, findShown, inspectContainer } from './container-inspect.ts'
import { listContainers } from './container-list.ts'
import { removeContainers } from './container-remove.ts'
import { othersOf } from './others.ts'
import { readTraffic } from './traffic.ts'

const hash = 'ab'.repeat(32)

const entry = (containerId: string, change: Partial<CachedAttachment> = {}): CachedAttachment => ({
  network: 'lan',
  attachment: {
    ...{ containerId, ifname: 'eth0', netns: `/run/netns/${containerId}` },
    ...{ cniArgs: [['IgnoreUnknown', '1']], capabilityArgs: {} },
  },
  listText: '',
  result: JSON.stringify({
    cniVersion: '1.0.0',
    interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:07', sandbox: '/n' }],
    ips: [{ address: '10.4.1.7/24', interface: 0 }],
  }),
  ...change,
})

const tools = (
  cached: readonly CachedAttachment[],
  {
    namespace = 'default',
    recorded = [] as readonly string[],
    files = {} as object,
    tasks = {} as Readonly<Record<string, number>>,
    known = [] as readonly string[],
  } = {},
): ManageTools =>
  ({
    settings: { namespace },
    host: {
      cache: {
        list: async (id?: string) =>
          cached.filter(({ attachment }) => !id || attachment.containerId === id),
        read: async ({ containerId }: { containerId: string }) =>
          cached.find(({ attachment }) => attachment.containerId === containerId),
      },
      records: {
        list: async () => recorded.map((containerId) => ({ containerId }) as AttachmentRecord),
      },
      facts: async () => ({
        nerdctlName: async (_: string, id: string) => (id === hash ? 'shop' : ''),
        taskState: async (inside: string, id: string) => {
          const pid = tasks[`${inside}/${id}`]
          return pid && JSON.stringify({ init_process_pid: pid, init_process_start: 1 })
        },
        knownContainers: async (refs: readonly ContainerRef[]) =>
          refs.filter((ref) => known.includes(`${ref.namespace}/${ref.id}`)),
      }),
      netns: {
        look: async (path: string) => ({
          found: path.includes('gone') ? 'missing' : 'namespace',
          netnsId: '4:1',
        }),
        interfaceIn: async () => undefined,
      },
    },
    containers: {
      list: async () => Object.keys(files),
      find: async (ref: string) => (ref in files ? ref : undefined),
      folder: (id: string) => `/d/${id}`,
      read: async () => undefined,
    },
    hosts: {
      path: () => '/h',
      read: async (id: string) => (files as Record<string, unknown>)[id],
    },
  }) as unknown as ManageTools

describe('othersOf', () => {
  it('loads no facts of the host where each id can be read in one way', async () => {
    const { host, ...rest } = tools([entry('default-'), entry('pod')])
    const facts = () => {
      throw new Error('facts were loaded')
    }
    const known = { ...rest, host: { ...host, facts } } as unknown as ManageTools
    expect(await othersOf(known)).toEqual([])
  })

  it('gives what nerdctl and ctr attached in the namespace, without what is ours, a pod, or lo', async () => {
    const pod = entry('pod')
    const lo = entry('default-lo')
    const known = await othersOf(
      tools(
        [
          entry('default-web'),
          entry(`default-${hash}`),
          entry(`other-${hash}`),
          entry('default-ours'),
          entry('cnitool-77'),
          { ...lo, attachment: { ...lo.attachment, ifname: 'lo' } },
          {
            ...pod,
            attachment: { ...pod.attachment, cniArgs: [['K8S_POD_INFRA_CONTAINER_ID', 'pod']] },
          },
          entry('default-\u001b[2J'),
          entry('default-up', { network: '../etc' }),
          entry('default-'),
        ],
        { recorded: ['default-ours'] },
      ),
    )
    expect(known).toMatchObject([
      { id: hash, names: { name: 'shop' }, state: 'running', isForeign: true },
      { id: 'web', names: { name: '' }, state: 'running', isForeign: true },
    ])
  })

  it.each([
    ['without a task and records, those whose id is a hash', {}, [], [hash], ['b-web']],
    ['without a task, by the records of containerd', {}, ['a-b/web'], [hash, 'web'], []],
    ['by the task that is there', { 'a-b/web': 7 }, ['a/b-web'], [hash, 'web'], []],
    ['by the process of the task', { 'a/b-web': 8, 'a-b/web': 7 }, [], [hash, 'web'], []],
    ['by that of the other', { 'a/b-web': 7, 'a-b/web': 8 }, [], [hash], ['b-web']],
  ])('in a namespace with dashes, %s', async (_what, tasks, records, inBoth, inFirst) => {
    const web = entry('a-b-web')
    const attachment = { ...web.attachment, netns: '/proc/7/ns/net' }
    const entries = [entry(`a-b-${hash}`), { ...web, attachment }]
    const idsIn = async (namespace: string) =>
      (await othersOf(tools(entries, { namespace, tasks, known: records }))).map(({ id }) => id)
    expect([await idsIn('a-b'), await idsIn('a')]).toEqual([inBoth, inFirst])
  })
})

describe('containers of others', () => {
  it('are listed after ours with their ports, found by id and by name, and never changed', async () => {
    const attachment = {
      ...entry(`default-${hash}`).attachment,
      capabilityArgs: { portMappings: [{ HostPort: 8090, ContainerPort: 80, Protocol: 'tcp' }] },
    }
    const listText =
      '{"cniVersion":"1.0.0","name":"lan","plugins":[{"type":"portmap","capabilities":{"portMappings":true}}]}'
    const made = { attachment, listText }
    // nerdctl publishes by each network of a container.
    const web = {
      network: 'web',
      ...made,
      attachment: { ...attachment, ifname: 'eth1' },
    }
    const host = tools([
      entry(`default-${hash}`, made),
      entry(`default-${hash}`, web),
      entry('default-gone'),
    ])
    expect(await listContainers(host)).toEqual([
      {
        ...{ ID: hash, Name: 'shop', Networks: ['lan', 'web'] },
        Addresses: ['10.4.1.7/24', '10.4.1.7/24'],
        ...{ Ports: '0.0.0.0:8090->80/tcp', State: 'running' },
      },
      expect.objectContaining({ ID: 'gone', State: 'dead' }),
    ])
    for (const ref of ['shop', hash, hash.slice(0, 8)])
      expect(await inspectContainer(host, ref)).toMatchObject({
        ...{ ID: hash, Namespace: 'default', HostsPath: '', State: 'running' },
      })
    await expect(findContainer(host, 'shop')).rejects.toMatchObject({ code: 102 })
    for (const ref of ['nobody', 'shop/nobody', 'k8s://shop/nobody'])
      await expect(findContainer(host, ref), ref).rejects.toMatchObject({ code: 101 })
    for (const ref of ['', '..', '../shop', '/shop', 'k8s://', 'a\n', 'x'.repeat(300)])
      await expect(findContainer(host, ref), ref).rejects.toMatchObject({ code: 103 })
    expect(await removeContainers(host, ['../shop'], {})).toMatchObject({ failure: { code: 103 } })
  })

  const names = {
    ...{ id: hash, name: 'shop', hostname: 'h', extraHosts: [] },
    networks: { lan: { cniVersion: '1.0.0', interfaces: [], ips: [{ address: '10.4.1.7/24' }] } },
  }

  it('are paused where their process is frozen, and whose process is not known are not', async () => {
    const frozen = entry(`default-${hash}`)
    const own = { ...frozen.attachment, netns: '/proc/7/ns/net' }
    const host = tools([{ ...frozen, attachment: own }, entry('default-web')])
    const interfaceIn = async () => ({ mac: '02:00:00:00:00:07', addresses: ['10.4.1.7/24'] })
    const facts = async () => ({
      ...((await host.host.facts?.()) as object),
      isFrozen: async (pid: number) => pid === 7,
    })
    const netns = { ...host.host.netns, interfaceIn }
    const paused = { ...host, host: { ...host.host, facts, netns } } as unknown as ManageTools
    expect((await listContainers(paused)).map(({ State }) => State)).toEqual(['paused', 'running'])
    expect(await inspectContainer(paused, hash)).toMatchObject({ State: 'paused' })
    expect(await findShown(paused, hash)).toMatchObject({ state: 'running' })
  })

  it('one that nerdctl has made a folder for is there once, in traffic, too', async () => {
    const host = tools([entry(`default-${hash}`)], { files: { [hash]: undefined } })
    const counting = {
      ...{ ...host, effects: { linkCounters: async () => [] } },
      networks: { list: async () => [] },
    } as unknown as ManageTools
    expect(await listContainers(counting)).toMatchObject([{ ID: hash, State: 'running' }])
    expect((await readTraffic(counting)).Containers).toMatchObject([{ ID: hash, State: 'running' }])
  })

  it.each([
    ['that nerdctl stopped has freed its address', [], 'stopped', []],
    ['that ended by itself still holds it', [entry(`default-${hash}`)], 'dead', ['10.4.1.7/24']],
  ] as const)('one of a shared data store %s', async (_what, cached, State, Addresses) => {
    const host = tools(cached, { files: { [hash]: names } })
    expect(await listContainers(host)).toMatchObject([
      { ID: hash, Name: 'shop', Networks: ['lan'], State, Addresses },
    ])
  })
})
