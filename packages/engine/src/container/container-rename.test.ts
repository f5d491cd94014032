import { ioError } from '@vethra/cni'
import { expect, it } from 'vitest'
import { sampleHost, sampleRecord } from '../../test/sample-host.ts'
import { sampleTools } from '../../test/sample-tools.ts'
import type { ManageTools } from '../network/tools.ts'
import { renameContainer } from './container-rename.ts'

it('a rename that cannot be written down is undone', async () => {
  const host = sampleHost()
  const { host: tools, ...sample } = sampleTools(host)
  const rename = async (_: string, name: string) => void host.done.push(`hosts ${name}`)
  const renaming = renameContainer(
    {
      ...{ settings: { namespace: 'default' }, host: tools },
      hosts: { ...(await sample.hosts('default')), rename },
      containers: {
        ...sample.containers('default'),
        find: async () => 'c1',
        read: async (_: string, file: string) =>
          file === 'vethra.json' ? sampleRecord : undefined,
        write: () => Promise.reject(ioError('disk full')),
      },
    } as unknown as ManageTools,
    ...(['c1', 'shop'] as const),
  )
  await expect(renaming).rejects.toMatchObject({ message: 'disk full' })
  expect(host.done).toEqual(['claim shop', 'hosts shop', 'hosts web', 'release shop'])
})
