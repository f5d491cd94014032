import type { ForwardedPorts } from '@vethra/firewall'
import { describe, expect, it } from 'vitest'
import { onFirewall } from '../test/sample-change.ts'
import { healthyWorld, type World } from '../test/sample-host.ts'
import { diff } from './index.ts'

const led: ForwardedPorts = {
  ...{ protocol: 'tcp', address: '', first: 8000, last: 8000 },
  ...{ chain: 'DOCKER', to: '172.17.0.2:80' },
}

function kinds({ desired, observed }: World): readonly string[] {
  return diff(desired, observed).map(({ kind, severity, ours }) => `${kind} ${severity} ${ours}`)
}

describe('published ports', () => {
  it.each<[string, Partial<ForwardedPorts>, readonly string[]]>([
    ['that a rule of others leads elsewhere', {}, ['ports-led-elsewhere warning false']],
    [
      'in a range of ports',
      { first: 1, last: 9000, protocol: '' },
      ['ports-led-elsewhere warning false'],
    ],
    ['on one address of the host', { address: '192.0.2.1' }, ['ports-led-elsewhere warning false']],
    ['beside a rule for another port', { first: 9000, last: 9000 }, []],
    ['beside a rule for another protocol', { protocol: 'udp' }, []],
  ])('%s', (_, parts, found) => {
    const world = healthyWorld(1)
    expect(
      kinds(onFirewall(world, (each) => ({ ...each, ledByOthers: [{ ...led, ...parts }] }))),
    ).toEqual(found)
  })

  it.each<[string, object, readonly string[]]>([
    ['of the same port', {}, ['ports-led-elsewhere warning false']],
    ['of another address of the host', { address: '192.0.2.9' }, []],
    ['of another protocol', { protocol: 'sctp' }, []],
    ['of another port', { hostPort: 9000 }, []],
  ])('beside a publication of a container of others, %s', (_, change, found) => {
    const world = healthyWorld(1)
    const containers = world.desired.containers.map((each) => ({
      ...each,
      ports: (each.ports ?? []).map((port) => ({ ...port, hostIp: '192.0.2.1' })),
    }))
    const published = { protocol: 'tcp', hostPort: 8000, target: '10.4.1.99:80', ...change }
    const theirs = {
      ...{
        mark: 'CNI-DN-0123456789abcdef01234',
        claim: { network: 'lan', containerId: 'default-x' },
      },
      ...{ masqueraded: [], published: [published], lines: [] },
    }
    const { desired, observed } = onFirewall(world, (each) => ({
      ...each,
      owned: new Map([...each.owned, [theirs.mark, theirs]]),
    }))
    const state = { desired: { ...desired, containers }, observed }
    expect(kinds(state).filter((kind) => kind.startsWith('ports-led'))).toEqual(found)
  })

  it.each([
    ['192.0.2.7', ['ports-without-address warning false']],
    ['10.4.1.1', []],
    ['127.0.0.9', []],
    ['0.0.0.0', []],
  ])('at %s', (hostIp, found) => {
    const { desired, observed } = healthyWorld(1)
    const containers = desired.containers.map((each) => ({
      ...each,
      ports: (each.ports ?? []).map((port) => ({ ...port, hostIp })),
    }))
    expect(kinds({ desired: { ...desired, containers }, observed })).toEqual(found)
  })
})
