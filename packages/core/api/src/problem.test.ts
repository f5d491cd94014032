import { CniError, explain } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { errorOf, problemOf } from './index.ts'

const error = new CniError({
  code: 102,
  message: 'network "lan" is in use',
  hint: 'Stop the container first.',
  cause: new CniError({ code: 5, message: 'cannot read /x', cause: new Error('EACCES') }),
})

describe('problemOf', () => {
  it('tells code, hint and causes', () => {
    expect(problemOf(error)).toEqual({
      type: 'urn:vethra:error:102',
      title: 'the thing named exists already or is in use',
      status: 409,
      detail: 'network "lan" is in use',
      code: 102,
      hint: 'Stop the container first.',
      causes: ['cannot read /x (CNI code 5)', 'EACCES'],
    })
  })

  it.each([
    [101, 404],
    [103, 400],
    [105, 503],
    [5, 500],
    [4711, 500],
  ])('code %i is status %i', (code, status) => {
    expect(problemOf(new CniError({ code, message: 'm' }))).toMatchObject({ status, code })
  })
})

it('a client explains what the daemon met as a command would', () => {
  expect(explain(errorOf(problemOf(error)))).toEqual([
    'error: network "lan" is in use (code 102)',
    '  caused by: cannot read /x (CNI code 5)',
    '  caused by: EACCES',
    '  hint: Stop the container first.',
  ])
})
