import type { JsonObject } from '@vethra/cni'
import { afterEach, beforeEach, expect, it } from 'vitest'
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

const families = [
  { of: 'four', a: '10.4.0.2', c: '10.5.0.2' },
  { of: 'six', a: 'fd00:4::2', c: 'fd00:5::2' },
] as const

function container(name: string, net: number, last: number, firewall: JsonObject): TestContainer {
  return {
    name,
    bridge: `br${net}`,
    addresses: [`10.${net}.0.${last}/24`, `fd00:${net}::${last}/64`],
    chained: [...(name === 'a' ? [published(80)] : []), { type: 'firewall', ...firewall }],
  }
}

describeOnHost('isolation of what the engine attached', () => {
  let place: EngineHost

  beforeEach(async () => {
    place = await openEngineHost()
    await place.serve('outside', 90)
  })

  afterEach(async () => {
    await place.close()
  })

  // Packets between ports of a bridge pass chains where br_netfilter has them do so.
  const bridged = (on: number) =>
    place.sh(
      `for f in iptables ip6tables; do echo ${on} > /proc/sys/net/bridge/bridge-nf-call-$f; done`,
    )

  async function saidOf({ of, a, c }: (typeof families)[number]): Promise<unknown> {
    const tcp = { protocol: 'tcp', port: 80 } as const
    return allSaid({
      peer: place.ask('b', { ...tcp, address: a }),
      intoIt: place.ask('c', { ...tcp, address: a }),
      outOfIt: place.ask('a', { ...tcp, address: c }),
      portFromOther: place.ask('c', { ...tcp, address: hostAt[of], port: 8080 }),
      portFromPeer: place.ask('b', { ...tcp, address: hostAt[of], port: 8080 }),
      portFromOutside: place.ask('outside', { ...tcp, address: hostAt[of], port: 8080 }),
      toOutside: place.ask('a', { ...tcp, address: outside[of], port: 90 }),
    })
  }

  const policies = [
    { ingressPolicy: 'open', peer: true, others: true },
    { ingressPolicy: 'same-bridge', peer: true, others: false },
    { ingressPolicy: 'isolated', peer: false, others: false },
  ] as const

  it.each(policies)('ingressPolicy $ingressPolicy', async ({ ingressPolicy, peer, others }) => {
    await place.attach(container('a', 4, 2, { ingressPolicy }))
    await place.attach(container('b', 4, 3, { ingressPolicy }))
    await place.attach(container('c', 5, 2, {}))
    for (const name of ['a', 'b', 'c']) await place.serve(name, 80)
    for (const on of [1, 0]) {
      await bridged(on)
      for (const row of families) {
        expect(await saidOf(row)).toEqual({
          peer: peer
            ? expect.stringMatching(/^a /)
            : expect.stringMatching(/^(silence|EHOST|ENETU)/),
          intoIt: others ? expect.stringMatching(/^a /) : 'silence',
          outOfIt: others ? expect.stringMatching(/^c /) : 'silence',
          portFromOther: expect.stringMatching(/^a /),
          // With br_netfilter a peer's packet becomes one from port to port before the host routes it.
          portFromPeer: peer || on === 0 ? expect.stringMatching(/^a /) : 'silence',
          portFromOutside: expect.stringMatching(/^a /),
          toOutside: expect.stringMatching(/^outside /),
        })
      }
    }
  })

  it('peers that are kept apart do not reach each other by way of the host', async () => {
    for (const [name, last] of [
      ['a', 2],
      ['b', 3],
    ] as const) {
      await place.attach(container(name, 4, last, { ingressPolicy: 'isolated' }))
      await place.serve(name, 80)
    }
    await place.sh(
      'ip -n b route add 10.4.0.2 via 10.4.0.1; ip -n a route add 10.4.0.3 via 10.4.0.1',
    )
    for (const on of [1, 0]) {
      await bridged(on)
      const asked = { protocol: 'tcp', port: 80, address: '10.4.0.2' } as const
      expect(await place.ask('b', asked)).toBe('silence')
    }
  })

  it('a container does not reach what the host serves on its loopback', async () => {
    await place.attach(container('a', 4, 2, {}))
    await place.serve('host', 90)
    // The way that route_localnet opens: the container sends 127.0.0.0/8 to the gateway.
    await place.sh(`
      ip netns exec a sysctl -qw net.ipv4.conf.all.route_localnet=1
      ip -n a addr del 127.0.0.1/8 dev lo
      ip -n a route add 127.0.0.0/8 via 10.4.0.1 src 10.4.0.2
      sysctl -n net.ipv4.conf.br4.route_localnet | grep -q 1`)
    for (const on of [1, 0]) {
      await bridged(on)
      for (const protocol of ['tcp', 'udp'] as const) {
        const asked = { protocol, address: '127.0.0.1', port: 90 }
        expect(await place.ask('a', asked)).toBe('silence')
      }
    }
    await place.sh('nft flush chain inet vethra guard')
    const asked = { protocol: 'tcp', address: '127.0.0.1', port: 90 } as const
    expect(await place.ask('a', asked)).toMatch(/^host /)
  })

  it('a network without a gateway reaches its own alone, whatever its containers route', async () => {
    const internal = (last: number, name: string): TestContainer => ({
      ...container(name, 4, last, {}),
      chained: [{ type: 'firewall' }],
      bridgeConf: {
        isGateway: false,
        ipMasq: false,
        ipam: {
          type: 'static',
          addresses: [{ address: `10.4.0.${last}/24` }, { address: `fd00:4::${last}/64` }],
        },
      },
    })
    await place.attach(internal(2, 'a'))
    await place.attach(internal(3, 'b'))
    await place.attach({ ...container('c', 5, 2, {}), chained: [published(80)] })
    for (const name of ['a', 'b', 'c']) await place.serve(name, 80)
    const [{ address: mac }] = JSON.parse(await place.sh('ip -j link show br4'))
    await place.sh(`
      ip -n a route add default dev eth0 scope link
      for to in ${outside.four} ${hostAt.four} 10.5.0.2; do ip -n a neigh add $to lladdr ${mac} dev eth0; done
      ip route add 10.4.0.0/24 dev br4; ip -n outside route add 10.4.0.0/24 via ${hostAt.four}
      sysctl -qw net.ipv4.conf.br4.rp_filter=0 net.ipv4.conf.all.rp_filter=0`)
    const tcp = { protocol: 'tcp', port: 80 } as const
    for (const on of [1, 0]) {
      await bridged(on)
      expect(
        await allSaid({
          peer: place.ask('b', { ...tcp, address: '10.4.0.2' }),
          peerOf6: place.ask('b', { ...tcp, address: 'fd00:4::2' }),
          toOutside: place.ask('a', { ...tcp, address: outside.four, port: 90 }),
          toOther: place.ask('a', { ...tcp, address: '10.5.0.2' }),
          toPort: place.ask('a', { ...tcp, address: hostAt.four, port: 8080 }),
          fromOther: place.ask('c', { ...tcp, address: '10.4.0.2' }),
          fromOutside: place.ask('outside', { ...tcp, address: '10.4.0.2' }),
          fromHost: place.ask('host', { ...tcp, address: '10.4.0.2' }),
        }),
      ).toEqual({
        peer: 'a 10.4.0.3 1',
        peerOf6: 'a fd00:4::3 1',
        toOutside: 'silence',
        toOther: 'silence',
        toPort: 'silence',
        fromOther: 'silence',
        fromOutside: 'silence',
        fromHost: expect.stringMatching(/^a /),
      })
    }
  })
})
