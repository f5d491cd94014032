import { CniError, explain, ioError } from '@vethra/cni'
import type { HookRequest } from '@vethra/container'
import type { ContainerStore, World } from '@vethra/world'
import { expect, it } from 'vitest'
import type { Container } from './container.ts'
import { createRuntime } from './create-runtime.ts'

const taken = new CniError({ code: 102, message: 'name web is taken' })
const full = ioError('cannot write lifecycle.json')

const store = {
  read: async () => ({}),
  claimName: async () => {
    throw taken
  },
  write: async () => {
    throw full
  },
} satisfies Partial<ContainerStore>

const world = {
  containers: () => store,
  loadAppArmorProfile: async () => false,
} as unknown as World

it('a start that fails on a full disk says why it failed, and then that this is not noted', async () => {
  const request = { namespace: 'default', id: 'c1', name: 'web', mode: 'host' } as HookRequest
  const container = {
    ...{ state: { id: 'c1', pid: 7 }, request, store, ours: true },
    ...{ record: async () => undefined, now: () => 0 },
  } as unknown as Container
  const error = await createRuntime(world, container).catch((each: unknown) => each)
  expect(explain(error)).toEqual([
    'error: name web is taken (code 102)',
    '  caused by: cannot write lifecycle.json (CNI code 5)',
  ])
})

it('a start that "bundle rm" was faster than says so, and leaves neither a file nor a name', async () => {
  const request = { namespace: 'default', id: 'c1', name: 'web', mode: 'host' } as HookRequest
  const done: string[] = []
  let isThere = true
  const removed = {
    read: async () => (isThere ? {} : undefined),
    claimName: async (name: string) => void done.push(`claim ${name}`),
    releaseName: async (name: string) => void done.push(`release ${name}`),
    write: async (_: string, file: string) => void done.push(`write ${file}`),
  }
  const hold = async (_: string, work: () => Promise<unknown>) => {
    isThere = false
    return work()
  }
  const container = {
    ...{ state: { id: 'c1', pid: 7 }, request, store: removed, ours: true },
    ...{ record: async () => undefined, now: () => 0 },
  } as unknown as Container
  const host = { ...world, lock: { hold }, places: { runtime: '/r' } } as unknown as World
  await expect(createRuntime(host, container)).rejects.toMatchObject({ code: 101 })
  expect(done).toEqual(['claim web', 'release web'])
})
