import type { AttachmentRecord, World } from '@vethra/world'
import { expect, it } from 'vitest'
import { detachFormer } from './detach-former.ts'

const place = { bootId: 'b', place: '24:2' }
const record: AttachmentRecord = {
  ...{ network: 'lan', containerId: 'a-b-c1', ifname: 'eth0', netns: '/n', netnsId: '4:1' },
  ...{ cookie: '1', ...place },
}

it('leaves another container of the former id that was attached before its lock was taken', async () => {
  const done: string[] = []
  let records: readonly AttachmentRecord[] = [record]
  const seen = { found: 'namespace', netnsId: '4:2', cookie: '2', ...place }
  const world = {
    records: {
      list: async (id: string) => records.filter(({ containerId }) => containerId === id),
      read: async () => records[0],
      remove: async () => void done.push('forget the record'),
      write: async () => undefined,
    },
    cache: {
      read: async () => undefined,
      remove: async () => void done.push('forget the result'),
    },
    netns: {
      look: async () => seen,
      hasLink: async () => false,
      linkAt: async () => undefined,
      nonce: () => 'n',
      pluginsEnded: async () => undefined,
    },
    rules: { save: async () => [] },
    places: { runtime: '/r' },
    lock: {
      async hold(path: string, work: () => Promise<unknown>) {
        if (path.endsWith('attachment-a-b-c1'))
          records = [{ ...record, cookie: '2', netnsId: '4:2' }]
        return work()
      },
    },
    ports: { release: async () => void done.push('release the ports') },
  } as unknown as World
  await detachFormer(world, { namespace: 'a-b', id: 'c1', ports: [] })
  expect(done).toEqual([])
})
