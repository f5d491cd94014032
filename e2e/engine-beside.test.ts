import type { JsonObject, Result } from '@vethra/cni'
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
import { executable, plugins } from './host.ts'

function container(name: string, last: number, ...ports: readonly number[]): TestContainer {
  return {
    name,
    bridge: 'br4',
    addresses: [`10.4.0.${last}/24`, `fd00:4::${last}/64`],
    chained: [published(...ports), { type: 'firewall' }],
  }
}

const families = [
  { of: 'four', a: '10.4.0.2', g: '10.4.0.3' },
  { of: 'six', a: 'fd00:4::2', g: 'fd00:4::3' },
] as const

describeOnHost('the engine beside others', () => {
  let place: EngineHost

  beforeEach(async () => {
    place = await openEngineHost()
    await place.serve('outside', 90)
  })

  afterEach(async () => {
    await place.close()
  })

  // The programs of containernetworking/plugins, one after the other as a runtime runs them.
  async function attachByPrograms(name: string, plugins_: readonly JsonObject[]): Promise<Result> {
    await place.sh(`ip netns add ${name}`)
    let prevResult: Result | undefined
    for (const conf of plugins_) {
      const input = JSON.stringify({
        cniVersion: '1.0.0',
        name: 'go',
        ...conf,
        ...(prevResult ? { prevResult } : {}),
      })
      const env = {
        CNI_COMMAND: 'ADD',
        CNI_CONTAINERID: name,
        CNI_NETNS: `/run/netns/${name}`,
        CNI_IFNAME: 'eth0',
      }
      const ran = await place.host.run([`${plugins}/${conf['type']}`], { input, env })
      if (ran.exitCode !== 0) throw new Error(ran.stdout)
      prevResult = JSON.parse(ran.stdout)
    }
    if (prevResult === undefined) throw new Error('no plugin')
    return prevResult
  }

  const programs = (last: number, port: number): readonly JsonObject[] => [
    {
      type: 'bridge',
      bridge: 'br4',
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: 'static',
        addresses: [
          { address: `10.4.0.${last}/24`, gateway: '10.4.0.1' },
          { address: `fd00:4::${last}/64`, gateway: 'fd00:4::1' },
        ],
        routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
      },
    },
    {
      type: 'portmap',
      capabilities: { portMappings: true },
      runtimeConfig: { portMappings: [{ protocol: 'tcp', hostPort: port, containerPort: 80 }] },
    },
    { type: 'firewall' },
  ]

  it.each([{ first: 'programs' }, { first: 'engine' }])(
    'containers of CNI programs on one bridge reach and are reached, $first first',
    async ({ first }) => {
      if (first === 'engine') await place.attach(container('a', 2, 80))
      await attachByPrograms('g', programs(3, 9080))
      if (first === 'programs') await place.attach(container('a', 2, 80))
      for (const name of ['a', 'g']) await place.serve(name, 80)
      // The bridge of the programs asks for a second or two whether its address is another's.
      await place.sh('while ip -6 addr show tentative | grep -q inet6; do sleep 0.1; done')
      for (const { of, a, g } of families) {
        const tcp = { protocol: 'tcp', port: 80 } as const
        const on = (port: number) => ({ ...tcp, address: hostAt[of], port })
        expect(
          await allSaid({
            toEngine: place.ask('g', { ...tcp, address: a }),
            toPrograms: place.ask('a', { ...tcp, address: g }),
            outsideToEngine: place.ask('outside', on(8080)),
            outsideToPrograms: place.ask('outside', on(9080)),
            portOfEngine: place.ask('g', on(8080)),
            portOfPrograms: place.ask('a', on(9080)),
            engineToOutside: place.ask('a', { ...tcp, address: outside[of], port: 90 }),
            programsToOutside: place.ask('g', { ...tcp, address: outside[of], port: 90 }),
          }),
        ).toEqual({
          toEngine: `a ${g} 1`,
          toPrograms: `g ${a} 1`,
          outsideToEngine: `a ${outside[of]} 1`,
          outsideToPrograms: `g ${outside[of]} 1`,
          portOfEngine: expect.stringMatching(/^a /),
          portOfPrograms: expect.stringMatching(/^g /),
          engineToOutside: `outside ${hostAt[of]} 1`,
          programsToOutside: `outside ${hostAt[of]} 1`,
        })
      }
    },
  )

  it.each(['iptables-nft', 'iptables-legacy'])(
    'with a policy DROP of %s all that is published or comes from a container passes',
    async (program) => {
      const programs_ = [program, program.replace('ip', 'ip6')]
      await place.sh(programs_.map((each) => `${each} -P FORWARD DROP`).join('; '))
      await place.sh(
        `ip -n outside route add 10.4.0.0/24 via ${hostAt.four}; ip -n outside -6 route add fd00:4::/64 via ${hostAt.six}`,
      )
      await place.attach(container('a', 2, 80))
      await place.attach({
        ...container('c', 2),
        name: 'c',
        bridge: 'br5',
        addresses: ['10.5.0.2/24', 'fd00:5::2/64'],
      })
      for (const name of ['a', 'c']) await place.serve(name, 80)
      for (const { of, a } of families) {
        const tcp = { protocol: 'tcp', port: 80 } as const
        expect(
          await allSaid({
            toPort: place.ask('outside', { ...tcp, address: hostAt[of], port: 8080 }),
            toContainer: place.ask('outside', { ...tcp, address: a }),
            toOutside: place.ask('a', { ...tcp, address: outside[of], port: 90 }),
            otherNetwork: place.ask('c', { ...tcp, address: a }),
          }),
        ).toEqual({
          toPort: `a ${outside[of]} 1`,
          // Nobody published it: the policy of others decides.
          toContainer: 'silence',
          toOutside: `outside ${hostAt[of]} 1`,
          otherNetwork: expect.stringMatching(/^a /),
        })
      }
    },
  )

  it('a network on the bridge of a LAN leaves its machines in reach of other networks', async () => {
    await place.sh(`
      ip link add lan type bridge; ip addr flush dev up0; ip link set up0 master lan up; ip link set lan up
      ip addr add ${hostAt.four}/24 dev lan; ip -6 addr add ${hostAt.six}/64 dev lan nodad`)
    await place.attach(container('a', 2, 80))
    await place.attach({
      name: 'onLan',
      bridge: 'lan',
      addresses: ['198.51.100.50/24', '2001:db8:9::50/64'],
      bridgeConf: { isGateway: false, ipMasq: false },
    })
    for (const name of ['a', 'onLan']) await place.serve(name, 80)
    await place.sh('while ip -n onLan -6 addr show tentative | grep -q inet6; do sleep 0.1; done')
    for (const [of, onLan] of [
      ['four', '198.51.100.50'],
      ['six', '2001:db8:9::50'],
    ] as const) {
      const tcp = { protocol: 'tcp', port: 80 } as const
      expect(
        await allSaid({
          toMachine: place.ask('a', { ...tcp, address: outside[of], port: 90 }),
          toContainer: place.ask('a', { ...tcp, address: onLan }),
          toPort: place.ask('outside', { ...tcp, address: hostAt[of], port: 8080 }),
          fromLan: place.ask('outside', { ...tcp, address: onLan }),
        }),
      ).toEqual({
        toMachine: `outside ${hostAt[of]} 1`,
        toContainer: `onLan ${hostAt[of]} 1`,
        toPort: `a ${outside[of]} 1`,
        fromLan: `onLan ${outside[of]} 1`,
      })
    }
  })

  it('network rm takes the rule for our mark along with the last network', async () => {
    const { host, sh } = place
    const rules = async () => (await sh('iptables-nft -S FORWARD')).match(/--mark/g)?.length ?? 0
    const native = async (...args: readonly string[]) =>
      expect(await host.vethra('--plugins', 'native', ...args)).toMatchObject({ exitCode: 0 })
    await sh('iptables-nft -P FORWARD DROP; ip netns add c')
    await native('network', 'create', 'lan')
    await native('network', 'create', 'wan')
    // Two networks on one bridge, each with its subnet.
    await native('network', 'create', 'side')
    const lists = '/etc/cni/net.d/nerdctl'
    await sh(`bridge=$(grep -o 'br-[0-9a-f]*' ${lists}-lan.conflist)
      sed -i "s/br-[0-9a-f]*/$bridge/" ${lists}-side.conflist`)
    for (const network of ['lan', 'side', 'wan']) {
      await native('cni', 'add', network, '/run/netns/c')
      await native('cni', 'del', network, '/run/netns/c')
    }
    expect(await rules()).toBe(1)
    await native('network', 'rm', 'lan')
    await native('network', 'rm', 'side')
    expect(await rules()).toBe(1)
    await native('network', 'rm', 'wan')
    expect(await rules()).toBe(0)
    expect(await sh('nft list table inet vethra')).not.toContain('elements')
  })

  it('a bridge that two networks share is left to the second, with what is on it', async () => {
    const { host, sh } = place
    const done = async (...args: readonly string[]) =>
      expect(await host.vethra(...args)).toMatchObject({ exitCode: 0 })
    const faults = async () => (await host.vethra('doctor', '--format', '{{.Kind}}')).stdout
    for (const network of ['lan', 'side']) await done('network', 'create', network)
    const lists = '/etc/cni/net.d/nerdctl'
    const bridge = await sh(`bridge=$(grep -o 'br-[0-9a-f]*' ${lists}-lan.conflist)
      sed -i "s/br-[0-9a-f]*/$bridge/" ${lists}-side.conflist
      ip netns add c; echo -n $bridge`)
    await done('--plugins', 'native', 'cni', 'add', 'lan', '/run/netns/c')
    const again = { CNI_IFNAME: 'eth1', VETHRA_PLUGINS: 'native' }
    const second = [executable, 'cni', 'add', 'side', '/run/netns/c']
    expect(await host.run(second, { env: again })).toMatchObject({ exitCode: 0 })
    expect(await faults()).toBe('wrong-file-system')
    await done('cni', 'del', 'lan', '/run/netns/c')
    await done('network', 'rm', 'lan')
    expect(JSON.parse(await sh(`ip -j link show ${bridge}`))).toMatchObject([
      { ifalias: 'vethra side' },
    ])
    const table = await sh('nft list table inet vethra')
    expect(table).toContain(`"${bridge}" comment "vethra side"`)
    expect(table).not.toContain('vethra lan')
    expect(await faults()).toBe('wrong-file-system')
    await host.run([executable, 'cni', 'del', 'side', '/run/netns/c'], { env: again })
    await done('network', 'rm', 'side')
    expect(await sh(`ip -j link show ${bridge} 2>/dev/null || true`)).toBe('')
    // A bridge that programs made has no mark until then.
    for (const network of ['lan', 'side']) await done('network', 'create', network)
    await sh(
      `sed -i "s/br-[0-9a-f]*/${bridge}/" ${lists}-side.conflist; ip link add ${bridge} type bridge`,
    )
    await done('network', 'rm', 'lan')
    await done('network', 'rm', 'side')
    expect(await sh(`ip -j link show ${bridge} 2>/dev/null || true`)).toBe('')
  })

  it('a container that a CNI program put on a bridge gets its ports from the engine', async () => {
    const [bridge] = programs(3, 9080)
    const previous = await attachByPrograms('g', bridge ? [bridge] : [])
    await place.serve('g', 80)
    const operation = {
      network: 'go',
      containerId: 'g',
      netns: '/run/netns/g',
      plugins: [published(80), { type: 'firewall' }],
      previous,
    }
    const outcome = await place.run({ verb: 'add', ...operation })
    expect(outcome).toMatchObject({ result: { ips: previous.ips } })
    await place.sh('while ip -6 addr show tentative | grep -q inet6; do sleep 0.1; done')
    for (const { of } of families) {
      const tcp = { protocol: 'tcp', port: 8080 } as const
      expect(await place.ask('outside', { ...tcp, address: hostAt[of] })).toMatch(/^g /)
      expect(await place.ask('g', { ...tcp, address: hostAt[of] })).toMatch(/^g /)
    }
    const local = { protocol: 'tcp', address: '127.0.0.1', port: 8080 } as const
    expect(await place.ask('host', local)).toMatch(/^g /)
    expect(await place.run({ verb: 'del', ...operation })).toEqual({})
    expect(await place.ask('host', local)).toBe('ECONNREFUSED')
    expect(JSON.parse(await place.sh('ip -n g -j link show eth0'))).toHaveLength(1)
  })

  it('a port that a DEL by programs left does not lead to the next container of its address', async () => {
    await place.attach(container('a', 2, 80, 81))
    await place.sh('ip -n a link del eth0')
    await place.attach(container('b', 2, 82))
    await place.serve('b', 80)
    const left = await place.sh('nft list table inet vethra')
    expect(left.match(/"vethra net-br4 [a-z] eth0"/g)).toEqual(
      Array(4).fill('"vethra net-br4 b eth0"'),
    )
    const ask = { protocol: 'tcp', address: hostAt.four, port: 8080 } as const
    expect(await place.ask('outside', ask)).toBe('ECONNREFUSED')
  })
})
