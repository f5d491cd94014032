import { memoryRootlessKit } from '@vethra/memory-world'
import { describe, expect, it } from 'vitest'
import { foreignForwards } from './foreign-forwards.ts'

describe('foreignForwards', () => {
  it('are those that lead to no socket of ours', async () => {
    const rootless = memoryRootlessKit()
    const spec = { proto: 'tcp4', parentIP: '0.0.0.0', childIP: '' }
    await rootless.forward({ ...spec, parentPort: 8080, childPort: 8080 })
    await rootless.forward({ ...spec, parentPort: 9000, childPort: 9000 })
    const found = await foreignForwards({ rootless, holds: ['0.0.0.0:8080/tcp'] })
    expect(found).toEqual([
      {
        ...{ protocol: 'tcp', hostIP: '0.0.0.0', hostPort: 9000, containerPort: 9000 },
        by: expect.stringContaining('number 2'),
      },
    ])
    expect(await foreignForwards({ holds: [] })).toEqual([])
  })
})
