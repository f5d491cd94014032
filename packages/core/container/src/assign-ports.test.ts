import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assignPorts,
  brokenPromises,
  type ListeningSocket,
  type PortFacts,
  type PortMapping,
  parsePortSpecs,
} from './index.ts'

const idle: PortFacts = {
  listening: [],
  mapped: [],
  ephemeral: { first: 49_153, last: 60_999 },
  seed: 0,
}
const assign = (specs: readonly string[], facts: Partial<PortFacts> = {}): readonly string[] =>
  assignPorts(parsePortSpecs(specs), { ...idle, ...facts }).map(
    (each) => `${each.hostIP}:${each.hostPort}->${each.containerPort}/${each.protocol}`,
  )
const tcp = (address: string, port: number): ListeningSocket => ({ protocol: 'tcp', address, port })
const held = (hostIP: string, hostPort: number, by?: string) => {
  const mapping: PortMapping = { hostPort, containerPort: 80, protocol: 'tcp', hostIP }
  return by === undefined ? mapping : { ...mapping, by }
}

describe('assignPorts', () => {
  it.each([
    [['3000:8080'], ['0.0.0.0:3000->8080/tcp']],
    [
      ['127.0.0.1:3000-3001:8080-8081/udp'],
      ['127.0.0.1:3000->8080/udp', '127.0.0.1:3001->8081/udp'],
    ],
    [['[::1]:3000:80'], ['::1:3000->80/tcp']],
    [['80'], ['0.0.0.0:49153->80/tcp']],
    [['80-82'], [0, 1, 2].map((each) => `0.0.0.0:${49153 + each}->${80 + each}/tcp`)],
    [
      ['80', '81'],
      ['0.0.0.0:49153->80/tcp', '0.0.0.0:49154->81/tcp'],
    ],
    [
      ['53/udp', '53/tcp'],
      ['0.0.0.0:49153->53/udp', '0.0.0.0:49153->53/tcp'],
    ],
    [['7000-7005:80'], ['0.0.0.0:7000->80/tcp']],
  ])('%j', (specs, expected) => {
    expect(assign(specs)).toEqual(expected)
  })

  it('keeps the order of the requests, though ports that are named come first', () => {
    expect(assign(['80', '49153-49160:81', '49153:82'])).toEqual([
      '0.0.0.0:49155->80/tcp',
      '0.0.0.0:49154->81/tcp',
      '0.0.0.0:49153->82/tcp',
    ])
  })

  it('takes the first free port of a pool', () => {
    const listening = [tcp('127.0.0.1', 7000)]
    expect(assign(['127.0.0.1:7000-7001:8080'], { listening })).toEqual([
      '127.0.0.1:7001->8080/tcp',
    ])
  })

  it.each([
    [[4], '3000:80', ['0.0.0.0:3000->80/tcp']],
    [[6], '3000:80', [':::3000->80/tcp']],
    [[4, 6], '3000:80', ['0.0.0.0:3000->80/tcp', ':::3000->80/tcp']],
    [[4, 6], '127.0.0.1:3000:80', ['127.0.0.1:3000->80/tcp']],
    [[4, 6], '0.0.0.0:3000:80', ['0.0.0.0:3000->80/tcp']],
    [[4, 6], '80', ['0.0.0.0:49153->80/tcp', ':::49153->80/tcp']],
    [
      [4, 6],
      '3000-3001:80-81',
      [3000, 3001].flatMap((port) =>
        ['0.0.0.0', '::'].map((address) => `${address}:${port}->${port - 2920}/tcp`),
      ),
    ],
  ] as const)('in a network of IPv%j, %s is %j', (families, spec, expected) => {
    expect(assign([spec], { families })).toEqual(expected)
  })

  it('without an address, a port has to be free on all addresses of each family of the network', () => {
    const listening = [tcp('::1', 7000)]
    const pool = (families: PortFacts['families'] & {}) =>
      assign(['7000-7001:80'], { listening, families }).at(-1)
    expect(pool([4])).toBe('0.0.0.0:7000->80/tcp')
    expect(pool([4, 6])).toBe(':::7001->80/tcp')
    expect(() => assign(['7000:80'], { listening, families: [4, 6] })).toThrow(
      'bind for [::]:7000 failed: port is already allocated',
    )
  })

  it('chance and pools keep clear of what others are going to publish, where they can', () => {
    const promised = [held('0.0.0.0', 7000), held('0.0.0.0', 49153)]
    expect(assign(['7000-7001:80'], { promised })).toEqual(['0.0.0.0:7001->80/tcp'])
    const listening = [tcp('0.0.0.0', 7001)]
    expect(assign(['7000-7001:80'], { promised, listening })).toEqual(['0.0.0.0:7000->80/tcp'])
    expect(assign(['80'], { promised })).toEqual(['0.0.0.0:49154->80/tcp'])
    const ephemeral = { first: 49153, last: 49153 }
    expect(assign(['80'], { promised, ephemeral })).toEqual(['0.0.0.0:49153->80/tcp'])
  })

  it('a port that is named may be promised to another, and that is told', () => {
    const promised = [held('127.0.0.1', 7000, 'container web')]
    const mappings = assignPorts(parsePortSpecs(['7000-7001:80-81']), { ...idle, promised })
    expect(brokenPromises(mappings, promised)).toEqual([
      '0.0.0.0:7000/tcp is that of container web, too, which does not run: only one of the two can',
    ])
  })

  it('publishes a port on two addresses, and on both families', () => {
    expect(assign(['127.0.0.1:80:80', '127.0.0.2:80:80'])).toHaveLength(2)
    expect(assign(['0.0.0.0:80:80', '[::]:80:80'])).toHaveLength(2)
  })
})

describe('conflicts', () => {
  const rows: readonly [string, Partial<PortFacts>, boolean][] = [
    ['0.0.0.0:80:80', { listening: [tcp('0.0.0.0', 80)] }, true],
    ['127.0.0.1:80:80', { listening: [tcp('0.0.0.0', 80)] }, true],
    ['0.0.0.0:80:80', { listening: [tcp('127.0.0.1', 80)] }, true],
    ['127.0.0.2:80:80', { listening: [tcp('127.0.0.1', 80)] }, false],
    ['127.0.0.1:80:80', { listening: [tcp('::', 80)] }, true],
    ['127.0.0.1:80:80', { listening: [tcp('::ffff:127.0.0.1', 80)] }, true],
    ['127.0.0.1:80:80', { listening: [tcp('::1', 80)] }, false],
    ['[::1]:80:80', { listening: [tcp('0.0.0.0', 80)] }, false],
    ['[::]:80:80', { listening: [tcp('fe80::1%eth0', 80)] }, true],
    ['127.0.0.1:80:80', { listening: [tcp('', 80)] }, true],
    ['80:80', { listening: [tcp('0.0.0.0', 81)] }, false],
    ['80:80/udp', { listening: [tcp('0.0.0.0', 80)] }, false],
    ['80:80', { mapped: [held('0.0.0.0', 80)] }, true],
    ['80:80', { mapped: [held('', 80)] }, true],
    ['192.168.1.1:80:80', { mapped: [held('192.168.1.2', 80)] }, false],
    ['192.168.1.1:80:80', { mapped: [held('0.0.0.0', 80)] }, true],
    ['192.168.1.1:80:80', { mapped: [held('::', 80)] }, false],
    ['80:80/udp', { mapped: [held('0.0.0.0', 80)] }, false],
  ]
  it.each(rows)('-p %s against %j: %s', (spec, facts, conflict) => {
    if (conflict) expect(() => assign([spec], facts)).toThrow('port is already allocated')
    else expect(assign([spec], facts)).toHaveLength(1)
  })

  const failure = (specs: readonly string[], facts: Partial<PortFacts>): unknown => {
    try {
      return assign(specs, facts)
    } catch (error) {
      return error
    }
  }

  it('says who holds the port', () => {
    const mapped = [held('0.0.0.0', 8080, 'container web')]
    expect(failure(['127.0.0.1:8080:80'], { mapped })).toMatchObject({
      code: 102,
      message: 'bind for 127.0.0.1:8080 failed: port is already allocated',
      details: 'held by container web',
    })
    expect(failure(['[::1]:80:80'], { listening: [tcp('::', 80)] })).toMatchObject({
      message: 'bind for [::1]:80 failed: port is already allocated',
      details: 'held by a socket that listens on [::]:80',
    })
    expect(failure(['80:80', '127.0.0.1:80:81'], {})).toMatchObject({
      message: 'bind for 127.0.0.1:80 failed: port is already allocated',
      details: 'held by -p 80:80 of this command',
    })
  })

  it('names a container before the socket that holds the port for it', () => {
    const facts = {
      mapped: [held('0.0.0.0', 8080, 'container web')],
      listening: [{ ...tcp('0.0.0.0', 8080), by: 'process 7' }],
    }
    expect(failure(['8080:80'], facts)).toMatchObject({ details: 'held by container web' })
  })

  it('says that a pool is exhausted, and by whom', () => {
    const mapped = [held('0.0.0.0', 7000, 'container a'), held('0.0.0.0', 7001, 'container a')]
    expect(failure(['7000-7001:80'], { mapped })).toMatchObject({
      code: 102,
      message: 'bind for 0.0.0.0 failed: all ports in range 7000-7001 are already allocated',
      details: 'held by container a',
    })
  })

  it('says that no free block is left', () => {
    const ephemeral = { first: 100, last: 103 }
    const listening = [tcp('127.0.0.1', 102)]
    expect(assign(['80-81'], { ephemeral, listening })).toHaveLength(2)
    expect(failure(['80-82'], { ephemeral, listening })).toMatchObject({
      code: 102,
      message: 'there is not enough 3 free ports',
    })
    expect(failure(['80-84'], { ephemeral })).toMatchObject({
      code: 102,
      message: 'can not allocate 5 ports',
    })
  })
})

it('any free port is free on every address, inside the range, and nobody else has it', () => {
  const port = fc.integer({ min: 1000, max: 1019 })
  const address = fc.constantFrom('0.0.0.0', '::', '127.0.0.1', '::1', '10.0.0.1')
  const sockets = fc.array(fc.tuple(address, port), { maxLength: 10 })
  const count = fc.integer({ min: 1, max: 4 })
  fc.assert(
    fc.property(sockets, fc.array(count, { maxLength: 4 }), fc.double(), (taken, counts, seed) => {
      const specs = counts.map((each, index) => `${100 * index + 1}-${100 * index + each}`)
      const ephemeral = { first: 1000, last: 1049 }
      const listening = taken.map(([at, number]) => tcp(at, number))
      const facts = { ...idle, listening, ephemeral, seed }
      const ports = assignPorts(parsePortSpecs(specs), facts).map(({ hostPort }) => hostPort)
      expect(new Set(ports).size).toBe(counts.reduce((sum, each) => sum + each, 0))
      expect(ports.every((each) => each >= 1000 && each <= 1049)).toBe(true)
      expect(ports.filter((each) => taken.some(([, number]) => number === each))).toEqual([])
    }),
  )
})
