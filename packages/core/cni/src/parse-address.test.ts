import { expect, it } from 'vitest'
import { parseAddress, parsePrefix } from './index.ts'

it('parseAddress names what is wrong and its value', () => {
  expect(() => parseAddress('gateway', '10.4.0')).toThrow(
    expect.objectContaining({
      code: 103,
      message: 'invalid gateway "10.4.0": not an IP address',
      hint: expect.any(String),
    }),
  )
})

it('parsePrefix refuses host bits and says what was meant', () => {
  expect(() => parsePrefix('subnet', '10.5.0.1/16')).toThrow(
    expect.objectContaining({
      code: 103,
      message: 'unexpected subnet "10.5.0.1/16", maybe you meant "10.5.0.0/16"?',
    }),
  )
})

it('parsePrefix names what is not a prefix', () => {
  expect(() => parsePrefix('subnet', '10.5.0.1')).toThrow('invalid subnet "10.5.0.1"')
})
