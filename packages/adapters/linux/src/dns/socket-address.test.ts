import { endianness } from 'node:os'
import { expect, it } from 'vitest'
import { socketAddress } from './socket-address.ts'

const family = (number: number) => (endianness() === 'LE' ? [number, 0] : [0, number])

it.each([
  ['10.4.0.1', [...family(2), 0, 53, 10, 4, 0, 1, ...Array(8).fill(0)]],
  ['fd00::1', [...family(10), 0, 53, 0, 0, 0, 0, 0xfd, ...Array(14).fill(0), 1, 0, 0, 0, 0]],
])('%s is laid out as the kernel has it', (text, octets) => {
  expect([...(socketAddress(text, 53)?.octets ?? [])]).toEqual(octets)
})

it('no address has none', () => {
  expect(socketAddress('lan', 53)).toBeUndefined()
})
