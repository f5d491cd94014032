import { filterTables } from '@vethra/firewall'
import { describe, expect, it } from 'vitest'
import { onFirewall } from '../test/sample-change.ts'
import { healthyWorld, type World } from '../test/sample-host.ts'
import { diff } from './index.ts'

function kinds({ desired, observed }: World): readonly string[] {
  return diff(desired, observed).map(({ kind, severity, ours }) => `${kind} ${severity} ${ours}`)
}

describe('published ports', () => {
  const led = '-p tcp -m tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80'
  it.each<[string, string, boolean]>([
    ['that a rule of others leads elsewhere', led, true],
    ['in a range of ports', '-p tcp --dport 1:9000 -j DNAT --to-destination 172.17.0.2', true],
    ['on one address of the host', `-d 192.0.2.1/32 ${led}`, true],
    ['beside a rule for another port', led.replace('8000', '9000'), false],
    ['beside a rule for another protocol', led.replaceAll('tcp', 'udp'), false],
  ])('%s', (_, rule, isTold) => {
    const rules = ['-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER', `-A DOCKER ${rule}`]
    const tables = filterTables('iptables', ['*nat', ...rules, 'COMMIT'].join('\n'))
    const world = onFirewall(healthyWorld(1), (each) => ({ ...each, tables }))
    expect(kinds(world)).toEqual(isTold ? ['ports-led-elsewhere warning false'] : [])
    expect(diff(world.desired, world.observed).map(({ fix }) => fix)).toEqual(
      isTold ? [`iptables -t nat -D DOCKER ${rule}`] : [],
    )
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
