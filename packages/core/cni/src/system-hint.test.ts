import { expect, it } from 'vitest'
import { systemHint } from './index.ts'

it.each([
  ['EMFILE', /limit of open files/],
  ['ENOTDIR', /\bfolder\b.*\bfile\b/],
  ['ENAMETOOLONG', /shorter name/],
  ['EACCES', /as root/],
])('%s has its own way out', (code, hint) => {
  expect(systemHint(Object.assign(new Error('x'), { code }))).toMatch(hint)
})

it.each([undefined, null, 'EACCES', {}, { code: 5 }, { code: 'toString' }, { code: 'EWEIRD' }])(
  '%j has none',
  (error) => {
    expect(systemHint(error)).toBeUndefined()
  },
)
