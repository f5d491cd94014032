import { expect, it } from 'vitest'
import { attach, sampleHost, sampleRecord } from '../../test/sample-host.ts'
import { sampleTools } from '../../test/sample-tools.ts'
import type { ManageTools } from '../network/tools.ts'
import { forgetContainer, removeContainers } from './container-remove.ts'

it('leaves a container whose start was under way when its turn came', async () => {
  const host = sampleHost()
  const { host: tools, ...sample } = sampleTools(host)
  const lock: typeof tools.lock = {
    hold: async (path, work) => {
      // Who held the lock has attached it.
      if (path.includes('/attachment-') && host.records.length === 0) {
        attach(host)
        host.records = host.records.map((each) => ({ ...each, container: sampleRecord }))
      }
      return work(false)
    },
  }
  const containers = sample.containers('default')
  const removing = removeContainers(
    {
      ...{ settings: { namespace: 'default' }, networks: sample.networks('default') },
      ...{ host: { ...tools, lock }, hosts: await sample.hosts('default'), ports: sample.ports },
      containers: {
        ...containers,
        find: async () => 'c1',
        read: async (_: string, file: string) =>
          file === 'vethra.json' ? sampleRecord : undefined,
        remove: async (id: string) => void host.done.push(`remove files of ${id}`),
      },
    } as unknown as ManageTools,
    ['c1'],
    {},
  )
  expect(await removing).toMatchObject({ removed: [], failure: { code: 102 } })
  expect(host).toMatchObject({ done: [], records: [{ containerId: 'default-c1' }] })
})

it('forgets a container while its locks are held, from the last look at it to its files', async () => {
  const host = sampleHost()
  const { host: tools, ...sample } = sampleTools(host)
  const held: string[] = []
  const lock: typeof tools.lock = {
    hold: async (path, work) => {
      held.push(path)
      return work(false).finally(() => held.pop())
    },
  }
  const looks: string[][] = []
  const removing = removeContainers(
    {
      ...{ settings: { namespace: 'default' }, networks: sample.networks('default') },
      ...{ host: { ...tools, lock }, hosts: await sample.hosts('default'), ports: sample.ports },
      containers: {
        ...sample.containers('default'),
        find: async () => 'c1',
        async read(_: string, file: string) {
          if (file !== 'vethra.json') return undefined
          looks.push([...held])
          return sampleRecord
        },
        remove: async (id: string) => void host.done.push(`${id} ${held}`),
      },
    } as unknown as ManageTools,
    ['c1'],
    {},
  )
  expect(await removing).toEqual({ removed: ['c1'] })
  const both = ['/r/locks/container-default-c1', '/r/locks/attachment-default-c1']
  expect(looks.at(-1)).toEqual(both)
  expect(host.done.at(-1)).toBe(`c1 ${both}`)
})

it('has forgotten a container that another has forgotten meanwhile, as each of two stops at once', async () => {
  const { host, ...sample } = sampleTools(sampleHost())
  const tools = {
    ...{ settings: { namespace: 'default' }, networks: sample.networks('default') },
    ...{ host, hosts: await sample.hosts('default'), ports: sample.ports },
    containers: {
      ...sample.containers('default'),
      ...{ find: async () => undefined, list: async () => ['c12'] },
    },
  } as unknown as ManageTools
  expect(await forgetContainer(tools, 'c1')).toBeUndefined()
  expect(await forgetContainer(tools, 'c12')).toMatchObject({ code: 101 })
})
