import { expect, it } from 'vitest'
import { checkUsed } from './unused-flags.ts'

it.each([
  [{ dns: ['192.0.2.53'] }, ['network', 'create', 'lan'], '--dns'],
  [{ dns_search: ['example'] }, ['network', 'connect', 'lan', 'web'], '--dns-search'],
  [{ dns_opts: ['ndots:2'] }, ['cni', 'add', 'lan', '/run/netns/a'], '--dns-opts'],
  [{ host_gateway_ip: '192.0.2.1' }, ['ipam', 'ls'], '--host-gateway-ip'],
  [{ bridge_ip: '10.9.0.1/24' }, ['network', 'create', 'lan'], '--bridge-ip'],
])('%j is refused by name for %j', (flags, words, flag) => {
  expect(() => checkUsed(flags, words)).toThrow(
    expect.objectContaining({ code: 103, message: expect.stringMatching(`${flag}$`) }),
  )
})

it.each([
  [{ dns: ['192.0.2.53'], bridge_ip: '10.9.0.1/24' }, ['bundle', 'prepare', '.']],
  [{ namespace: 'k8s.io' }, ['network', 'create', 'lan']],
  [{ dns: ['192.0.2.53'] }, []],
])('%j is not for %j', (flags, words) => {
  expect(() => checkUsed(flags, words)).not.toThrow()
})
