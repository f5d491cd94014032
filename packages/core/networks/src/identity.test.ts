import { describe, expect, it } from 'vitest'
import { bridgeName, checkName, networkId } from './index.ts'

it.each([
  ['bridge', '17f29b073143d8cd97b5bbe492bdeffec1c5fee55cc1fe2112c8b9335f8b6121', 'nerdctl0'],
  ['foo', '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae', 'br-2c26b46b68ff'],
])('network %s has its id and bridge from its name', (name, id, bridge) => {
  expect(networkId(name)).toBe(id)
  expect(bridgeName(name)).toBe(bridge)
})

describe('checkName', () => {
  it.each(['ab', 'bridge', '0.a_b-c', 'a'.repeat(128), 'hosts'])('takes %j', (name) => {
    expect(() => checkName(name)).not.toThrow()
  })

  const pattern = 'must match pattern "[a-zA-Z0-9][a-zA-Z0-9_.-]": invalid argument'

  it.each([
    ['', 'identifier must not be empty invalid argument'],
    ['a', `identifier "a" ${pattern}`],
    ['../x', `identifier "../x" ${pattern}`],
    ['ns:/proc/1/ns/net', `identifier "ns:/proc/1/ns/net" ${pattern}`],
    ['container:web', `identifier "container:web" ${pattern}`],
    ['lan\n', `identifier "lan\\n" ${pattern}`],
    ['host', '"host" is a network mode'],
    ['none', '"none" is a network mode'],
    ['a'.repeat(129), 'it has 129 octets'],
  ])('refuses %j', (name, fault) => {
    expect(() => checkName(name)).toThrow(
      expect.objectContaining({ code: 103, message: `invalid network name: ${fault}` }),
    )
  })

  it('shows no more than the beginning of a huge name', () => {
    expect(() => checkName('/'.repeat(10_000))).toThrow(/^.{0,200}$/)
  })
})
