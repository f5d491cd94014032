import { expect, it } from 'vitest'
import { demandSingleSysctls } from './single-sysctls.ts'

it.each([
  '{"sysctl":{"net.core.somaxconn":"1","net.core.somaxconn":"2"}}',
  '{"a":{},"SYSCTL" : {"a":"1", "b":"2" ,\n"a":"1"},"b":1}',
  String.raw`{"sysctl":{"a":"1","\u0061":"2"}}`,
])('%s has a setting twice', async (text) => {
  await expect(demandSingleSysctls(text)).rejects.toThrow('duplicated sysctl keys are not allowed')
})

it.each([
  '{}',
  '{"mtu":1,"mtu":2}',
  '{"sysctl":null}',
  '{"sysctl":{"a":"1","b":"1"},"args":{"cni":{"sysctl":{"a":"2"}}}}',
  '{"sysctl":{"a":"\\"a\\":","b":"{\\"a"}}',
])('%s has none twice', async (text) => {
  await expect(demandSingleSysctls(text)).resolves.toBeUndefined()
})
