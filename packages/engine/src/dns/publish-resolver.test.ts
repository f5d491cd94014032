import { type LockPlaces, resolverFile } from '@vethra/cni'
import { expect, it } from 'vitest'
import type { NamespaceNames } from './dns-names.ts'
import { type PublishTools, publishResolver } from './publish-resolver.ts'

const places = { runtime: '/run/vethra', dataStore: '/data' } as unknown as LockPlaces
const file = resolverFile(places)
const record = { mode: 'cni', networks: [], dns: {}, ports: [] }
const names = {
  namespace: 'default',
  networks: [],
  records: new Map(['one', 'two', 'three'].map((id) => [id, record])),
} as unknown as NamespaceNames

const gone = { all: [names], resolver: undefined }

/** A host whose resolver is to end: each container takes a second. */
function host(): { readonly files: Map<string, string>; readonly tools: PublishTools } {
  const files = new Map([[file, '{}']])
  for (const id of names.records.keys()) {
    files.set(`/c/${id}/resolv.conf`, 'nameserver 10.4.1.1\n')
    files.set(`/c/${id}/resolv-conf.json`, JSON.stringify({ Written: ['nameserver 10.4.1.1\n'] }))
  }
  let nowMs = 0
  const tools = {
    places,
    resolved: { settings: {} },
    lock: { hold: (_path: string, work: () => Promise<void>) => work() },
    clock: { now: () => nowMs },
    facts: async () => ({ resolvConf: async () => 'nameserver 192.0.2.1\n' }),
    files: {
      read: async (path: string) => files.get(path),
      write: async (path: string, text: string) => void files.set(path, text),
      makeFolder: async () => undefined,
      remove: async (path: string) => void files.delete(path),
    },
    containers: () => ({
      folder: (id: string) => `/c/${id}`,
      writeMounted: async (id: string, name: string, text: string) => {
        nowMs += 1000
        files.set(`/c/${id}/${name}`, text)
      },
    }),
    onFault: (fault: Error) => {
      throw fault
    },
  }
  return { files, tools: tools as unknown as PublishTools }
}

const left = (files: ReadonlyMap<string, string>) =>
  [...files].filter(([path, text]) => /resolv\.conf$/.test(path) && text.includes('10.4.1.1'))
    .length

it('a stop has all files name the host’s resolvers, and then is over', async () => {
  const { files, tools } = host()
  await publishResolver({ ...tools, untilMs: 5000 }, gone)
  expect([left(files), files.has(file)]).toEqual([0, false])
})

it('what there was no time for, the next command finds', async () => {
  const { files, tools } = host()
  await publishResolver({ ...tools, untilMs: 1500 }, gone)
  expect([left(files), files.has(file)]).toEqual([1, true])
  await publishResolver(tools, gone)
  expect([left(files), files.has(file)]).toEqual([0, false])
})

it('a stop that is killed midway leaves what the next command goes by', async () => {
  const { files, tools } = host()
  const killed = {
    ...tools,
    containers: () =>
      Object.assign(tools.containers(''), {
        writeMounted: () => Promise.reject(new Error('killed')),
      }),
  }
  await expect(publishResolver(killed as unknown as PublishTools, gone)).rejects.toThrow('killed')
  expect([left(files), files.has(file)]).toEqual([3, true])
})
