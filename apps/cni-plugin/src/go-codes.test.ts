import { CniError } from '@vethra/cni'
import { expect, it } from 'vitest'
import { inGoCodes } from './go-codes.ts'

it.each([
  [4, 4],
  [5, 999],
  [7, 999],
  [8, 999],
  [11, 11],
  [50, 50],
  [105, 11],
])(
  'an error %i of ours is %i where the reference plugins have no code for it',
  async (code, go) => {
    const failing = inGoCodes(() => Promise.reject(new CniError({ code, message: 'it failed' })))
    await expect(failing).rejects.toMatchObject({ code: go, message: 'it failed' })
  },
)
