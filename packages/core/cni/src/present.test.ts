import { expect, it } from 'vitest'
import { present } from './index.ts'

it('keys whose value is undefined are gone, and no other', () => {
  const gateway: string | undefined = undefined
  const kept = present({ address: '10.4.0.2', gateway, mtu: 0, name: '', sandbox: null })
  expect(Object.entries(kept)).toEqual([
    ['address', '10.4.0.2'],
    ['mtu', 0],
    ['name', ''],
    ['sandbox', null],
  ])
})
