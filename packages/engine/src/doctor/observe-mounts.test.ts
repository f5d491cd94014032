import { CniError } from '@vethra/cni'
import type { ObservedAttachment } from '@vethra/findings'
import { expect, it } from 'vitest'
import type { DoctorTools } from './doctor-tools.ts'
import { observeMounts } from './observe-mounts.ts'

it('a container whose mounts cannot be read hides those of no other, and its files alone prove whose one is that is forgotten', async () => {
  const deletedMounts = async (netns: string) => {
    if (netns === '/many') throw new CniError({ code: 5, message: 'too large' })
    const file =
      netns === '/theirs' ? '/var/lib/nerdctl/1/x' : '/lib/vethra/1/etchosts/default/web/hosts'
    return ['/etc/hosts', '/mnt'].map((point) => ({ point, file }))
  }
  const host = { places: { dataStore: '/var/lib/vethra/1' } }
  const tools = { kernel: { deletedMounts }, clock: {}, host } as unknown as DoctorTools
  const seen = ['/many', '/n', '/theirs', '/forgotten'].map((netns) => ({
    ...{
      netns,
      containerId: `default-${netns === '/n' ? 'db' : 'web'}`,
      ours: netns === '/n',
      state: 'alive',
    },
  })) as unknown as readonly ObservedAttachment[]
  expect(await observeMounts(tools, seen)).toEqual([
    { containerId: 'default-db', paths: ['/etc/hosts'] },
    { containerId: 'default-web', paths: ['/etc/hosts'] },
  ])
})
