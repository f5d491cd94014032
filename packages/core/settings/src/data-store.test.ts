import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { expect, it } from 'vitest'
import { dataStorePath } from './index.ts'

it.each([
  ['/run/containerd/containerd.sock', '1935db59'],
  ['unix:///run/containerd/containerd.sock', '1935db59'],
])('%s is stored under %s', (address, hash) => {
  expect(dataStorePath('/var/lib/vethra', address)).toBe(`/var/lib/vethra/${hash}`)
})

it.each(['/run/containerd/containerd.sock', '/run/k3s/containerd/containerd.sock', ''])(
  '%j is stored under its digest',
  (address) => {
    const digest = bytesToHex(sha256(utf8ToBytes(address)))
    expect(dataStorePath('/d', address)).toBe(`/d/${digest.slice(0, 8)}`)
  },
)
