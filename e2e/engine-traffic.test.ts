import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  allSaid,
  type EngineHost,
  hostAt,
  openEngineHost,
  outside,
  published,
  type TestContainer,
} from './engine-host.ts'
import { describeOnHost } from './gate.ts'

const a: TestContainer = {
  name: 'a',
  bridge: 'br4',
  addresses: ['10.4.0.2/24', 'fd00:4::2/64'],
  chained: [published(80, 81), { type: 'firewall' }],
}
const b: TestContainer = {
  name: 'b',
  bridge: 'br4',
  addresses: ['10.4.0.3/24', 'fd00:4::3/64'],
  chained: [{ type: 'firewall' }],
}
const c: TestContainer = {
  name: 'c',
  bridge: 'br5',
  addresses: ['10.5.0.2/24', 'fd00:5::2/64'],
  chained: [{ type: 'firewall' }],
}

const protocols = ['tcp', 'udp'] as const
const families = [
  { family: 'IPv4', of: 'four', a: '10.4.0.2', b: '10.4.0.3', gateway: '10.4.0.1' },
  { family: 'IPv6', of: 'six', a: 'fd00:4::2', b: 'fd00:4::3', gateway: 'fd00:4::1' },
] as const
const filters = [
  { filtered: 'bridged packets pass the chains', bridged: 1 },
  { filtered: 'bridged packets pass no chain', bridged: 0 },
] as const
const rows = filters.flatMap((filter) =>
  families.flatMap((family) => protocols.map((protocol) => ({ ...filter, ...family, protocol }))),
)

describeOnHost('what the engine attached, by packets', () => {
  let place: EngineHost

  beforeAll(async () => {
    place = await openEngineHost()
    for (const container of [a, b, c]) await place.attach(container)
    await place.serve('a', 80)
    for (const name of ['b', 'c', 'outside', 'host']) await place.serve(name, 90)
  })

  afterAll(async () => {
    await place.close()
  })

  const bridged = (on: number) =>
    place.sh(
      `for f in iptables ip6tables; do echo ${on} > /proc/sys/net/bridge/bridge-nf-call-$f; done`,
    )

  const tcp = { protocol: 'tcp', port: 90 } as const

  it('ports of a container in two networks answer by the one that publishes them', async () => {
    const on = (net: number, rest: Partial<TestContainer>): TestContainer => ({
      name: 'w',
      bridge: `br${net}`,
      addresses: [`10.${net}.0.2/24`, `fd00:${net}::2/64`],
      ...rest,
    })
    await place.attach(on(8, { chained: [published(85)] }))
    await place.attach(on(9, { ifname: 'eth1' }))
    await place.sh('sysctl -qw net.ipv4.conf.br9.rp_filter=1')
    await place.serve('w', 85)
    for (const address of [hostAt.four, hostAt.six]) {
      for (const protocol of ['tcp', 'udp', 'udp'] as const) {
        const asked = { protocol, port: 8085, address } as const
        expect(await place.ask('outside', asked)).toMatch(/^w /)
      }
    }
    await place.sh('ip -n w link delete eth0')
    expect(await place.ask('w', { ...tcp, address: outside.four })).toMatch(/^outside /)
    expect(await place.ask('w', { ...tcp, address: outside.six })).toMatch(/^outside /)
  })

  it('containers of ptp on one subnet reach each other and the outside, and are reached at their ports', async () => {
    const routed = (name: string, last: number): TestContainer => ({
      name,
      bridge: 'routed',
      addresses: [`10.6.0.${last}/24`, `fd00:6::${last}/64`],
      bridgeConf: { type: 'ptp' },
      chained: [published(80 + last)],
    })
    for (const [name, last] of [
      ['p', 2],
      ['q', 3],
    ] as const) {
      await place.attach(routed(name, last))
      await place.serve(name, 80 + last)
    }
    for (const { of, p, q } of [
      { of: 'four', p: '10.6.0.2', q: '10.6.0.3' },
      { of: 'six', p: 'fd00:6::2', q: 'fd00:6::3' },
    ] as const) {
      expect(
        await allSaid({
          peer: place.ask('p', { ...tcp, address: q, port: 83 }),
          toOutside: place.ask('p', { ...tcp, address: outside[of] }),
          toPort: place.ask('outside', { ...tcp, address: hostAt[of], port: 8082 }),
          peerToPort: place.ask('q', { ...tcp, address: hostAt[of], port: 8082 }),
        }),
      ).toEqual({
        peer: `q ${p} 1`,
        toOutside: `outside ${hostAt[of]} 1`,
        toPort: `p ${outside[of]} 1`,
        peerToPort: `p ${q} 1`,
      })
    }
    expect(await place.ask('host', { ...tcp, address: '127.0.0.1', port: 8082 })).toBe(
      'p 10.6.0.1 1',
    )
    expect(await place.detach(routed('p', 2))).toEqual({})
    expect(await place.ask('q', { ...tcp, address: outside.four })).toBe(`outside ${hostAt.four} 1`)
  })

  // It answers its peers of the second network there, not by way of the host, which has to put the port's address back.
  it.each(filters)(
    'a container is reached at its port from its second network, $filtered',
    async (row) => {
      const second: TestContainer = {
        ...c,
        name: 'a',
        ifname: 'eth1',
        addresses: ['10.5.0.9/24', 'fd00:5::9/64'],
      }
      await bridged(row.bridged)
      await place.attach(second)
      for (const { of, gateway } of families) {
        const published = { protocol: 'tcp', address: hostAt[of], port: 8080 } as const
        expect(
          await allSaid({
            toPort: place.ask('c', published),
            udpToPort: place.ask('c', { ...published, protocol: 'udp' }),
            outsideToPort: place.ask('outside', published),
          }),
        ).toEqual({
          toPort: `a ${gateway} 1`,
          udpToPort: `a ${gateway} 1`,
          outsideToPort: `a ${outside[of]} 1`,
        })
      }
      expect(await place.detach(second)).toEqual({})
    },
  )

  it('a container of macvlan is a machine of its own beside the host, and goes in both ways', async () => {
    const upper: TestContainer = {
      name: 'm',
      bridge: 'up0',
      addresses: ['198.51.100.50/24', '2001:db8:9::50/64'],
      bridgeConf: { type: 'macvlan', master: 'up0', mode: 'bridge' },
    }
    for (const how of ['delete', 'down', 'gone'] as const) {
      await place.attach(upper)
      await place.serve('m', 80)
      await place.sh('while ip -n m -6 addr show tentative | grep -q inet6; do sleep 0.1; done')
      expect(
        await allSaid({
          four: place.ask('outside', { ...tcp, address: '198.51.100.50', port: 80 }),
          six: place.ask('outside', { ...tcp, address: '2001:db8:9::50', port: 80 }),
          toOutside: place.ask('m', { ...tcp, address: outside.four }),
        }),
      ).toEqual({
        four: `m ${outside.four} 1`,
        six: `m ${outside.six} 1`,
        toOutside: 'outside 198.51.100.50 1',
      })
      expect(await place.check(upper)).toEqual({})
      expect(await place.detach(upper, how)).toEqual({})
      const left = JSON.parse(await place.sh('ip -n m -j link show'))
      expect(left).toHaveLength(how === 'delete' ? 1 : 2)
      if (how === 'down') expect(left[1].flags).not.toContain('UP')
      if (how !== 'delete') {
        await place.endAgent('m')
        await place.sh('ip netns del m')
      }
    }
  })

  it.each(rows)('$family $protocol, $filtered', async (row) => {
    await bridged(row.bridged)
    const { protocol, of } = row
    const ask = (from: string, address: string, port: number) =>
      place.ask(from, { protocol, address, port })
    const said = await allSaid({
      outsideToPort: ask('outside', hostAt[of], 8080),
      localhostToPort: of === 'four' ? ask('host', '127.0.0.1', 8080) : undefined,
      hostToPort: ask('host', hostAt[of], 8080),
      peerToPort: ask('b', hostAt[of], 8080),
      otherNetworkToPort: ask('c', hostAt[of], 8080),
      itselfToPort: ask('a', hostAt[of], 8080),
      peerToPeer: ask('b', row.a, 80),
      toOutside: ask('a', outside[of], 90),
      toHost: ask('a', row.gateway, 90),
      hostToContainer: ask('host', row.a, 80),
      otherNetwork: ask('c', row.a, 80),
    })
    expect(said).toEqual({
      outsideToPort: `a ${outside[of]} 1`,
      localhostToPort: of === 'four' ? `a ${row.gateway} 1` : undefined,
      hostToPort: `a ${hostAt[of]} 1`,
      peerToPort: `a ${row.gateway} 1`,
      otherNetworkToPort: expect.stringMatching(/^a /),
      itselfToPort: `a ${row.gateway} 1`,
      peerToPeer: `a ${row.b} 1`,
      toOutside: `outside ${hostAt[of]} 1`,
      toHost: `host ${row.a} 1`,
      hostToContainer: `a ${row.gateway} 1`,
      otherNetwork: expect.stringMatching(/^a /),
    })
  })
})
