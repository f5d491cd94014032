import { expect, it } from 'vitest'
import { dataStorePath } from './index.ts'

it.each([
  ['/run/containerd/containerd.sock', '1935db59'],
  ['unix:///run/containerd/containerd.sock', '1935db59'],
])('%s is stored under %s', (address, hash) => {
  expect(dataStorePath('/var/lib/vethra', address)).toBe(`/var/lib/vethra/${hash}`)
})
