import { afterEach, describe, expect, it, vi } from 'vitest'
import { needsRoot } from '../test/in-namespace.ts'
import { inside } from './run.ts'

afterEach(() => void vi.unstubAllEnvs())

describe.skipIf(needsRoot)('inside', () => {
  it.each(['', '/proc/self/ns/net'])(
    'of %j finds a program of /usr/sbin that PATH does not name',
    async (netns) => {
      vi.stubEnv('PATH', '/usr/bin:/bin')
      expect(await inside(netns, ['tc', '-V'])).toMatchObject({ status: 0 })
    },
  )
})
