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

interface Counted {
  readonly stats64: { readonly rx: { packets: number }; readonly tx: { packets: number } }
}

const families = [
  { family: 'IPv4', of: 'four', own: '10.4.0.2', gateway: '10.4.0.1' },
  { family: 'IPv6', of: 'six', own: 'fd00:4::2', gateway: 'fd00:4::1' },
] as const
const filters = [{ bridged: 1 }, { bridged: 0 }] as const

function container(name: string, last: number, ...ports: readonly number[]): TestContainer {
  return {
    name,
    bridge: 'br4',
    addresses: [`10.4.0.${last}/24`, `fd00:4::${last}/64`],
    chained: [published(...ports)],
  }
}

describeOnHost('flows through what the engine attached', () => {
  let place: EngineHost

  beforeEach(async () => {
    place = await openEngineHost()
  })

  afterEach(async () => {
    await place.close()
  })

  it.each(families)('of UDP go to the next container of a port, $family', async ({ of }) => {
    const flow = { protocol: 'udp', address: hostAt[of], port: 8080, from: 40_000 } as const
    await place.serve('outside')
    await place.attach(container('other', 9, 85))
    // Before it is published the host itself is asked, and conntrack remembers that, too.
    expect(await place.ask('outside', flow)).toBe('ECONNREFUSED')
    await place.attach(container('a', 2, 80))
    await place.serve('a', 80)
    expect(await place.ask('outside', flow)).toBe(`a ${outside[of]} 1`)
    expect(await place.detach(container('a', 2, 80))).toEqual({})
    await place.attach(container('b', 3, 80))
    await place.serve('b', 80)
    expect(await place.ask('outside', flow)).toBe(`b ${outside[of]} 1`)
  })

  it.each(filters)(
    'survive fragments and bring errors back, with bridged packets %o',
    async ({ bridged }) => {
      await place.attach(container('a', 2, 80, 81))
      await place.sh(
        `for f in iptables ip6tables; do echo ${bridged} > /proc/sys/net/bridge/bridge-nf-call-$f; done`,
      )
      await place.serve('a', 80)
      await place.serve('outside', 90)
      const length = 4000
      for (const { of } of families) {
        const udp = { protocol: 'udp', address: hostAt[of] } as const
        const said = await allSaid({
          fragmentsIn: place.ask('outside', { ...udp, port: 8080, length }),
          fragmentsOut: place.ask('a', { ...udp, address: outside[of], port: 90, length }),
          errorOfContainer: place.ask('outside', { ...udp, port: 8081 }),
          errorOfOutside: place.ask('a', { ...udp, address: outside[of], port: 91 }),
          resetOfContainer: place.ask('outside', { ...udp, protocol: 'tcp', port: 8081 }),
        })
        expect(said).toEqual({
          fragmentsIn: `a ${outside[of]} ${length}`,
          fragmentsOut: `outside ${hostAt[of]} ${length}`,
          errorOfContainer: 'ECONNREFUSED',
          errorOfOutside: 'ECONNREFUSED',
          resetOfContainer: 'ECONNREFUSED',
        })
      }
    },
  )

  it("with a loopback address at either end come by the host's own loopback alone", async () => {
    const portMappings = [
      { protocol: 'tcp', hostIP: '127.0.0.1', hostPort: 9001, containerPort: 80 },
      { protocol: 'tcp', hostPort: 9002, containerPort: 80 },
    ]
    await place.attach({
      ...container('a', 2),
      chained: [{ type: 'portmap', runtimeConfig: { portMappings } }],
    })
    await place.serve('a', 80)
    // As a machine beside the host may send: to 127.0.0.1 by the host's MAC, and from any such address.
    await place.sh(`
      for n in outside a; do ip netns exec $n sysctl -qw net.ipv4.conf.all.route_localnet=1; done
      ip -n outside addr del 127.0.0.1/8 dev lo
      ip -n outside route add 127.0.0.0/8 via ${hostAt.four} src ${outside.four}
      ip -n a addr add 127.0.0.5/32 dev lo
      ip -n a route add ${hostAt.four} via 10.4.0.1 src 127.0.0.5
      nft 'table ip seen { chain input { type filter hook input priority 0; iifname br4 ip saddr 127.0.0.0/8 counter; }; }'`)
    for (const port of [9001, 9002])
      expect(await place.ask('outside', { protocol: 'tcp', address: '127.0.0.1', port })).toBe(
        'silence',
      )
    await place.ask('a', { protocol: 'udp', address: hostAt.four, port: 90, patienceMs: 200 })
    expect(await place.sh('nft list table ip seen')).toContain('counter packets 0 ')
    expect(await place.ask('host', { protocol: 'tcp', address: '127.0.0.1', port: 9001 })).toMatch(
      /^a /,
    )
  })

  it('go to a port that is published on one address there alone', async () => {
    const on = (hostIP: string, hostPort: number) => ({
      protocol: 'tcp',
      hostIP,
      hostPort,
      containerPort: 80,
    })
    const portMappings = [
      on('127.0.0.1', 9001),
      on(hostAt.four, 9002),
      on(hostAt.six, 9003),
      on('0.0.0.0', 9004),
      on('::', 9005),
    ]
    const chained = [{ type: 'portmap', runtimeConfig: { portMappings } }]
    await place.attach({ ...container('a', 2), chained })
    await place.serve('a', 80)
    const reached = async (from: string, address: string) => {
      const ports = [9001, 9002, 9003, 9004, 9005]
      const said = ports.map((port) => place.ask(from, { protocol: 'tcp', address, port }))
      const answers = await Promise.all(said)
      return ports.filter((_, at) => answers[at]?.startsWith('a '))
    }
    expect({
      localhost: await reached('host', '127.0.0.1'),
      host: await reached('host', hostAt.four),
      outside: await reached('outside', hostAt.four),
      outsideBySix: await reached('outside', hostAt.six),
      itself: await reached('a', '10.4.0.1'),
    }).toEqual({
      localhost: [9001, 9004],
      host: [9002, 9004],
      outside: [9002, 9004],
      outsideBySix: [9003, 9005],
      itself: [9004],
    })
  })

  it('are held to the rates of bandwidth in both directions, and the limits go with a DEL', async () => {
    const rate = 8_000_000
    const limits = {
      ingressRate: rate,
      ingressBurst: 80_000,
      egressRate: rate,
      egressBurst: 80_000,
    }
    const limited = {
      ...container('a', 2, 80),
      chained: [{ type: 'bandwidth', ...limits }, published(80)],
    }
    await place.attach(limited)
    await place.serve('a', 80)
    await place.serve('outside', 90)
    const tcp = { protocol: 'tcp', length: 600_000, patienceMs: 5000 } as const
    const seconds = async (from: string, address: string, port: number) => {
      const began = performance.now()
      expect(await place.ask(from, { ...tcp, address, port })).toMatch(/ 600000$/)
      return (performance.now() - began) / 1000
    }
    const least = (tcp.length * 8) / rate - 0.15
    expect(await seconds('outside', hostAt.four, 8080)).toBeGreaterThan(least)
    expect(await seconds('a', outside.four, 90)).toBeGreaterThan(least)
    expect(await place.check(limited)).toEqual({})
    expect(await place.detach(limited, 'down')).toEqual({})
    expect(await place.sh('ip -j link show type ifb')).toBe('[]')
  })

  it('are none where nothing is asked: a network without IPv6 is silent', async () => {
    const four = (name: string, last: number): TestContainer => ({
      name,
      bridge: 'br4',
      addresses: [`10.4.0.${last}/24`],
    })
    const packets = async () => {
      await place.sh('sleep 2.5')
      const links: readonly Counted[] = JSON.parse(await place.sh('ip -j -s link show master br4'))
      return links.map(({ stats64: { rx, tx } }) => rx.packets + tx.packets)
    }
    await place.attach(four('a', 2))
    // A new bridge itself joins the group of multicast snoopers, once.
    const [before] = await packets()
    await place.attach(four('b', 3))
    expect((await packets()).toSorted()).toEqual([0, before].toSorted())
  })

  it.each(families)('heed a smaller MTU on their way, $family', async ({ of, own, gateway }) => {
    await place.attach(container('a', 2, 80))
    await place.serve('a', 80)
    await place.serve('outside', 90)
    await place.sh('ip link set up0 mtu 1300; ip -n outside link set eth0 mtu 1500')
    const length = 200_000
    const tcp = { protocol: 'tcp', length } as const
    expect(await place.ask('a', { ...tcp, address: outside[of], port: 90 })).toBe(
      `outside ${hostAt[of]} ${length}`,
    )
    expect(await place.ask('host', { ...tcp, address: own, port: 80 })).toBe(
      `a ${gateway} ${length}`,
    )
  })
})
