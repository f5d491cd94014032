import { expect, it } from 'vitest'
import { checkHostIps, parsePortSpecs } from './index.ts'

it.each([
  '224.0.0.1:80:80',
  '255.255.255.255:80:80',
  '[::1]:80:80',
  '[0:0::1]:80:80',
  '[fe80::1]:80:80',
  '[ff02::1]:80:80/udp',
])('-p %s is refused by name', (spec) => {
  expect(() => checkHostIps(parsePortSpecs(['80', spec]))).toThrow(
    expect.objectContaining({ code: 103, message: expect.stringContaining(`-p ${spec} `) }),
  )
})

it.each(['80', '0.0.0.0:80:80', '[::]:80:80', '127.0.0.1:80:80', '[2001:db8::1]:80:80'])(
  '-p %s is not',
  (spec) => {
    expect(() => checkHostIps(parsePortSpecs([spec]))).not.toThrow()
  },
)
