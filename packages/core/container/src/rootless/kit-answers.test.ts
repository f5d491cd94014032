import { describe, expect, it } from 'vitest'
import { readForwardedPort, readForwardedPorts, readRootlessInfo } from '../index.ts'

// As Debian's rootlesskit 1.1.0 answers.
const slirp = {
  apiVersion: '1.1.1',
  version: '1.1.0',
  stateDir: '/run/user/1001/rk',
  childPID: 16_445,
  networkDriver: { driver: 'slirp4netns', dns: ['10.0.2.3'], childIP: '10.0.2.100' },
  portDriver: { driver: 'builtin', protos: ['tcp', 'tcp4', 'tcp6', 'udp', 'udp4', 'udp6'] },
}

describe('readRootlessInfo', () => {
  it('reads what slirp4netns and the builtin port driver say', () => {
    expect(readRootlessInfo(slirp)).toEqual({
      networkDriver: 'slirp4netns',
      dns: ['10.0.2.3'],
      childIP: '10.0.2.100',
      portDriver: 'explicit',
      protos: slirp.portDriver.protos,
      avoidsLoopback: false,
    })
  })

  const { portDriver: _, ...without } = slirp
  it.each([
    ['no port driver', without, { portDriver: 'none' }],
    [
      'pasta, which forwards what listens',
      { ...without, networkDriver: { driver: 'pasta', dns: ['10.0.2.3'] }, portDriver: null },
      { portDriver: 'implicit', networkDriver: 'pasta', childIP: '' },
    ],
    [
      'an implicit driver by name',
      { ...slirp, portDriver: { driver: 'implicit' } },
      { portDriver: 'implicit', protos: [] },
    ],
    [
      'the slirp4netns port driver',
      { ...slirp, portDriver: { driver: 'slirp4netns', protos: ['tcp', 'udp'] } },
      { avoidsLoopback: true },
    ],
    [
      'a driver that says so itself',
      { ...slirp, portDriver: { driver: 'x', disallowLoopbackChildIP: true } },
      { avoidsLoopback: true },
    ],
    [
      'slirp4netns before its resolver was told',
      { ...slirp, networkDriver: { driver: 'slirp4netns' } },
      { dns: ['10.0.2.3'] },
    ],
    [
      'an address that is none',
      { ...slirp, networkDriver: { driver: 'vpnkit', childIP: '10.0.2.100; x' } },
      { childIP: '', dns: [] },
    ],
    ['no network driver', { ...slirp, networkDriver: null }, { networkDriver: '', dns: [] }],
    [
      'values of other types',
      { networkDriver: { driver: 1, dns: [{}, '1.1.1.1'], childIP: [] }, portDriver: 7 },
      { networkDriver: '', dns: ['1.1.1.1'], childIP: '', portDriver: 'none' },
    ],
  ])('%s', (_title, json, wanted) => {
    expect(readRootlessInfo(json)).toMatchObject(wanted)
  })

  it.each([[null], ['x'], [7]])('%j is no answer', (json) => {
    expect(() => readRootlessInfo(json)).toThrow(expect.objectContaining({ code: 6 }))
  })
})

describe('readForwardedPorts', () => {
  const spec = { proto: 'tcp', parentIP: '0.0.0.0', parentPort: 8080, childPort: 80 }
  it('null is an empty list, and any other comes by number', () => {
    expect(readForwardedPorts(null)).toEqual([])
    const [first, second] = readForwardedPorts([
      { id: 7, spec },
      { id: 1, spec: { ...spec, childIP: '127.0.0.2' } },
    ])
    expect(first).toEqual({ id: 1, ...spec, childIP: '127.0.0.2' })
    expect(second).toEqual({ id: 7, ...spec, childIP: '' })
  })

  it.each([[{}], ['x'], [[{ id: -1, spec }]], [[{ spec }]], [[null]]])('%j is no list', (json) => {
    expect(() => readForwardedPorts(json)).toThrow(expect.objectContaining({ code: 6 }))
  })

  it('a port out of range is none', () => {
    expect(readForwardedPort({ id: 1, spec: { parentPort: 70_000 } }).parentPort).toBe(0)
  })
})
