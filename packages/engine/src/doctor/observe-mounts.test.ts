import { CniError } from '@vethra/cni'
import type { ObservedAttachment } from '@vethra/findings'
import { expect, it } from 'vitest'
import type { DoctorTools } from './doctor-tools.ts'
import { observeMounts } from './observe-mounts.ts'

it('a container whose mounts cannot be read hides those of no other', async () => {
  const deletedMounts = async (netns: string) => {
    if (netns === '/many') throw new CniError({ code: 5, message: 'too large' })
    return ['/etc/hosts', '/mnt']
  }
  const tools = { kernel: { deletedMounts }, clock: {} } as unknown as DoctorTools
  const seen = ['/many', '/n'].map((netns) => ({
    ...{ netns, containerId: `of ${netns}`, ours: true, state: 'alive' },
  })) as unknown as readonly ObservedAttachment[]
  expect(await observeMounts(tools, seen)).toEqual([
    { containerId: 'of /n', paths: ['/etc/hosts'] },
  ])
})
