import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { plugins as debian } from './host.ts'
import { type Network, network, type Step, steps } from './plugin-set-random.ts'
import { openSide, own, type Side, type StepOutcome } from './plugin-set-side.ts'

// How many networks, and from which seed: a failure prints both. scripts/soak takes another seed each time.
const runs = Number(process.env['VETHRA_TEST_NETWORKS'] ?? 3)
const seed = Number(process.env['VETHRA_TEST_SEED'] ?? 1)

/** The one list of errors of the Go plugins (Debian's 1.1.1) that ours do not repeat, by their texts, with the reason. */
const notRepeated: readonly { readonly reason: string; readonly said: RegExp }[] = [
  {
    reason: 'a bridge without gateway follows the MACs of its ports, which CHECK takes for a fault',
    said: /^bridge: Bridge interface br7 Mac doesn't match/,
  },
  {
    reason: 'CHECK of tuning does not know the word IFNAME in the name of a setting',
    said: /^tuning: open .*IFNAME/,
  },
  {
    reason: 'CHECK of portmap misses rules of IPv6 that its ADD did not make',
    said: /^portmap: could not check ipv[46] dnat/,
  },
  {
    reason:
      'DEL of a namespace that has gone leaves the jump to the chain, which the next DEL finds in use',
    said: /^(?:bridge|ptp): running \[\S+ -t nat -X CNI-.*CHAIN_DEL failed/,
  },
]

const isRepeated = ({ said }: StepOutcome) =>
  !said.some((text) => notRepeated.some((each) => each.said.test(text)))

// A published port of ours is open to all, also where containers are kept apart (docs/plugins.md); each ptp is apart from others.
function openPort({ plugins }: Network, theirs: Readonly<Record<string, string | undefined>>) {
  const isApart = plugins.some(
    ({ type, ingressPolicy = 'open' }) => type === 'firewall' && ingressPolicy !== 'open',
  )
  const isPublished = theirs['host to port']?.startsWith('c1')
  const differs = plugins[0]?.['type'] === 'ptp' && isApart && isPublished
  return differs ? { 'c2 to port': 'c1' } : {}
}

function withoutMacs(text = ''): string {
  return text.replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, 'MAC')
}

describeOnHost('the plugin set and its Go originals', () => {
  let theirs: Side
  let ours: Side
  beforeAll(async () => {
    ;[theirs, ours] = await Promise.all([openSide(debian), openSide(own)])
  }, 60_000)
  afterAll(async () => {
    await theirs.place.close()
    await ours.place.close()
  })

  it(`give the same results and behave alike, in ${runs} random networks from seed ${seed}`, async () => {
    const property = fc.asyncProperty(network, steps, async (net, all) => {
      for (const [index, step] of all.entries()) {
        const [their, our] = await Promise.all([theirs.perform(net, step), ours.perform(net, step)])
        const what = `${index} ${JSON.stringify(step)} ${JSON.stringify(net)}`
        if (isRepeated(their))
          expect({ what, ...our, said: '' }, `${our.said} | ${their.said}`).toEqual({
            what,
            ...their,
            said: '',
          })
        expect({ what, seen: await ours.seen() }).toEqual({ what, seen: await theirs.seen() })
        if (index === 1) {
          const [heard, other] = await Promise.all([ours.talk(net), theirs.talk(net)])
          expect({ what, ...heard }).toEqual({ what, ...other, ...openPort(net, other) })
        }
      }
      await Promise.all([theirs.reset(), ours.reset()])
    })
    await fc.assert(property, { numRuns: runs, seed, endOnFailure: true })
  }, 600_000)

  const ports = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }]
  const ipam = { type: 'host-local', subnet: '10.7.0.0/24', routes: [{ dst: '0.0.0.0/0' }] }
  const bridge = { type: 'bridge', bridge: 'br7', isGateway: true, ipMasq: true, ipam }
  const portmap = { type: 'portmap', capabilities: { portMappings: true } }
  const lan: Network = {
    name: 'lan',
    cniVersion: '1.0.0',
    ports: 7,
    plugins: [bridge, portmap, { type: 'firewall' }],
  }
  const step = (command: Step['command']) => ({ command, id: 'c1', ports }) as const
  const reserved = () => ours.place.sh('ls /var/lib/cni/networks/lan | grep ^10 || true')
  const left = async () => {
    const { stdout } = await ours.place.host.vethra('doctor', '--format', 'json')
    const found = JSON.parse(stdout) as readonly { Kind: string; Subject: string }[]
    return found.flatMap(({ Kind, Subject }) => (Kind === 'rules-left' ? [Subject] : []))
  }
  const elements = async () => {
    const listed = await ours.place.sh('nft list table inet vethra')
    return listed.split('\n').filter((line) => line.includes('vethra lan c1 eth0')).length
  }

  it('ours check and remove what the Go plugins made, rules of iptables among it', async () => {
    await ours.reset()
    expect(await ours.perform(lan, step('ADD'), debian)).toMatchObject({ said: [] })
    expect(await ours.perform(lan, step('CHECK'))).toMatchObject({ said: [] })
    await ours.place.sh('ip -n c1 addr del 10.7.0.2/24 dev eth0')
    expect(await ours.perform(lan, step('CHECK'))).toMatchObject({ failed: true })
    expect(await ours.perform(lan, step('DEL'))).toMatchObject({ said: [] })
    const rules = await ours.place.sh('iptables-save; ip -n c1 link')
    expect(rules).not.toMatch(/CNI-(DN-)?[0-9a-f]{8}|10\.7\.0\.2|eth0/)
    expect(await reserved()).toBe('')
    await ours.reset()
  })

  it('rules of ours behind an interface of a Go plugin are checked, and missed', async () => {
    const [made, ...rest] = lan.plugins
    const first = { ...lan, plugins: made ? [made] : [] }
    expect(await ours.perform(first, step('ADD'), debian)).toMatchObject({ said: [] })
    const interfaces = [
      { name: 'br7' },
      { name: 'veth0' },
      { name: 'eth0', sandbox: '/run/netns/c1' },
    ]
    const ips = [{ address: '10.7.0.2/24', gateway: '10.7.0.1', interface: 2 }]
    const call = async (CNI_COMMAND: string) => {
      const ran = rest.map(({ type }) => {
        const prevResult = { cniVersion: '1.0.0', interfaces, ips }
        const conf = { cniVersion: '1.0.0', name: 'lan', type, prevResult }
        const ids = { CNI_CONTAINERID: 'c1', CNI_IFNAME: 'eth0', CNI_NETNS: '/run/netns/c1' }
        return ours.place.host.run([`${own}/${type}`], {
          input: JSON.stringify({ ...conf, runtimeConfig: { portMappings: ports } }),
          env: { CNI_COMMAND, CNI_PATH: own, ...ids },
        })
      })
      return (await Promise.all(ran)).map(({ exitCode }) => exitCode)
    }
    expect([await call('ADD'), await call('CHECK')]).toEqual([
      [0, 0],
      [0, 0],
    ])
    await ours.place.sh('nft flush table inet vethra; nft delete table inet vethra')
    expect(await call('CHECK')).toEqual([1, 1])
    expect(await call('DEL')).toEqual([0, 0])
    await ours.reset()
  })

  it('of what ours made the Go plugins leave what doctor names, and our DEL removes', async () => {
    expect(await ours.perform(lan, step('ADD'))).toMatchObject({ said: [] })
    expect(await left()).toEqual([])
    // A chain that Go's bridge did not make is an error, once the link is gone; repeated, it is none.
    const { said } = await ours.perform(lan, step('DEL'), debian)
    expect(said.join()).toMatch(/^bridge: .*iptables.* does not exist/)
    expect(await ours.perform(lan, step('DEL'), debian)).toMatchObject({ said: [] })
    expect(await left()).not.toEqual([])
    expect(await elements()).toBeGreaterThan(0)
    // Another runtime's container may be behind them, with an interface that no plugin of ours made: nothing is removed.
    await ours.place.host.vethra('doctor', '--repair')
    expect(await elements()).toBeGreaterThan(0)
    expect(await ours.perform(lan, step('DEL'))).toMatchObject({ said: [] })
    expect(await elements()).toBe(0)
    expect(await left()).toEqual(['lan (table inet vethra)'])
    await ours.reset()
  })

  it('a device of the host goes into the container and comes back, its routes in a table of its own', async () => {
    const lent: Network = {
      ...lan,
      name: 'lent',
      plugins: [{ type: 'host-device', device: 'lent0', ipam }, { type: 'sbr' }],
    }
    const script =
      'ip -n c1 rule; ip -n c1 route show table 100 | cut -d" " -f1-2; ip -br link show lent0'
    for (const side of [theirs, ours])
      await side.place.sh('ip link add lent0 type veth peer name lent1')
    for (const command of ['ADD', 'CHECK', 'DEL'] as const) {
      const [their, our] = await Promise.all([
        theirs.perform(lent, step(command)),
        ours.perform(lent, step(command)),
      ])
      // The Go plugin's CHECK looks for the routes where sbr has taken them from.
      const differs = command === 'CHECK' ? { failed: false } : {}
      expect({ command, ...our, said: '' }).toEqual({ command, ...their, said: '', ...differs })
      expect(await ours.seen()).toEqual(await theirs.seen())
      const [mine, other] = await Promise.all(
        [ours, theirs].map((side) => side.place.sh(`${script} | sort || true`)),
      )
      expect(withoutMacs(mine)).toEqual(withoutMacs(other))
    }
    // An interface of the host that has taken its name meanwhile keeps it in the container, as it is.
    expect(await ours.perform(lent, step('ADD'))).toMatchObject({ said: [] })
    await ours.place.sh('ip link add lent0 type bridge')
    expect(await ours.perform(lent, step('DEL'))).toMatchObject({ failed: true })
    expect(await ours.place.sh('ip -n c1 link show eth0')).toMatch(/[<,]UP[,>]/)
    await ours.place.sh('ip link del lent0')
    // Go's plugin fails where the device is back already.
    expect(await ours.perform(lent, step('DEL'))).toMatchObject({ said: [] })
    for (const side of [theirs, ours]) await side.place.sh('ip link del lent0')
  })

  it('a device that a driver of DPDK has stays where it is, and the container gets its address', async () => {
    // Both ways in which the kernel tells whose a device is.
    const script = `cd /sys/bus/pci; mount -t tmpfs none drivers; mount -t tmpfs none devices
      mkdir -p devices/0000:99:00.0 drivers/vfio-pci
      ln -s ../../drivers/vfio-pci devices/0000:99:00.0/driver
      ln -s ../../devices/0000:99:00.0 drivers/vfio-pci/0000:99:00.0`
    const plugins = [{ type: 'host-device', pciBusID: '0000:99:00.0', ipam }]
    const driven: Network = { ...lan, name: 'driven', plugins }
    for (const side of [theirs, ours]) await side.place.sh(script)
    for (const command of ['ADD', 'CHECK', 'DEL'] as const) {
      const their = await theirs.perform(driven, step(command))
      expect({ command, ...(await ours.perform(driven, step(command))) }).toEqual({
        ...{ command, ...their },
      })
      expect(their).toMatchObject({ said: [] })
      expect(await ours.seen()).toEqual(await theirs.seen())
    }
    for (const side of [theirs, ours])
      await side.place.sh('umount /sys/bus/pci/drivers /sys/bus/pci/devices')
  })

  it('sbr takes over the routes that an interface has, and its DEL needs no result', async () => {
    const interfaces = [{ name: 'net1', sandbox: '/run/netns/c1' }]
    const ips = [{ address: '10.8.0.2/24', gateway: '10.8.0.1', interface: 0 }]
    const prevResult = { cniVersion: '1.0.0', interfaces, ips }
    const set = [
      'link add net1 type veth peer name net2',
      'addr add 10.8.0.2/24 dev net1',
      'link set net1 up',
      'link set net2 up',
      'route add 10.9.0.0/24 via 10.8.0.7',
      'route add default via 10.8.0.1',
    ]
    const look = 'ip -n c1 rule; ip -n c1 route'
    const table = 'ip -n c1 route show table 100 | sort'
    const sides = [
      { ...theirs.place, folder: debian },
      { ...ours.place, folder: own },
    ]
    const seen = sides.map(async ({ sh, host, folder }) => {
      await sh(set.map((line) => `ip -n c1 ${line}`).join('\n'))
      const texts: string[] = []
      for (const [CNI_COMMAND, more] of [
        ['ADD', { prevResult }],
        ['DEL', {}],
      ] as const) {
        const conf = { cniVersion: '1.0.0', name: 'lan', type: 'sbr', ...more }
        const env = { CNI_COMMAND, CNI_CONTAINERID: 'c1', CNI_IFNAME: 'net1', CNI_PATH: folder }
        const ran = await host.run([`${folder}/sbr`], {
          input: JSON.stringify(conf),
          env: { ...env, CNI_NETNS: '/run/netns/c1' },
        })
        texts.push(
          `${ran.exitCode} ${await sh(CNI_COMMAND === 'ADD' ? `${look}; ${table}` : look)}`,
        )
      }
      await sh('ip -n c1 link del net1')
      return texts.map((text) => text.replace(/ proto kernel| +$/gm, ''))
    })
    const [their, our] = await Promise.all(seen)
    expect(our).toEqual(their)
    expect(our?.[0]).toContain('10.9.0.0/24 via 10.8.0.7 dev net1')
    expect(our?.[1]).not.toContain('10.8.0.2 lookup')
  })

  it('loopback goes down with its DEL, and its CHECK needs no result', async () => {
    const script = (folder: string) => `
      call() {
        echo '{"cniVersion":"1.0.0","name":"lan","type":"loopback"}' |
          CNI_COMMAND=$1 CNI_CONTAINERID=c3 CNI_NETNS=/run/netns/c3 CNI_IFNAME=lo CNI_PATH=${folder} \
          ${folder}/loopback >/dev/null && code=0 || code=$?
        echo "$1 $code: $(ip -n c3 -o link show lo | grep -o ',UP,')"
      }
      ip netns add c3
      for each in CHECK ADD CHECK DEL DEL CHECK; do call $each; done
      ip netns del c3`
    const seen = await theirs.place.sh(script(debian))
    expect(seen).toMatch(/CHECK 1: \nADD 0: ,UP,\nCHECK 0: ,UP,\nDEL 0: \nDEL 0: \nCHECK 1: /)
    expect(await ours.place.sh(script(own))).toBe(seen)
  })

  it('macvlan in mode passthru has the MAC of the interface below, and says so', async () => {
    const plugins = [{ type: 'macvlan', master: 'below0', mode: 'passthru', ipam }]
    for (const side of [theirs, ours])
      await side.place.sh(
        'ip link add below0 address 02:00:00:00:07:07 type veth peer name below1\nip link set below0 up',
      )
    const through: Network = { ...lan, name: 'through', plugins }
    for (const command of ['ADD', 'CHECK', 'DEL'] as const)
      for (const side of [theirs, ours])
        expect(await side.perform(through, step(command))).toMatchObject({ said: [] })
    for (const side of [theirs, ours]) await side.place.sh('ip link del below0')
  })

  it('frames with another MAC than its own leave no container with macspoofchk', async () => {
    const guarded = { ...lan, plugins: [{ ...bridge, macspoofchk: true }] }
    expect(await ours.perform(guarded, step('ADD'))).toMatchObject({ said: [] })
    const ask = () => ours.place.ask('c1', { protocol: 'tcp', address: '10.7.0.1', port: 90 })
    expect(await ask()).toMatch(/^host/)
    expect(await ours.perform(guarded, step('CHECK'))).toMatchObject({ said: [] })
    await ours.place.sh('ip -n c1 link set eth0 address 02:00:00:00:00:99; ip neigh flush dev br7')
    expect(await ask()).not.toMatch(/^host/)
    expect(await ours.perform(guarded, step('DEL'))).toMatchObject({ said: [] })
    await ours.reset()
  })

  it.each([{}, { type: 'static' }, { type: 'nope' }])(
    'ptp with IPAM %j fails in the words of the Go plugin, and leaves nothing',
    async (without) => {
      const bare = { ...lan, plugins: [{ type: 'ptp', ipam: without }] }
      const [their, our] = await Promise.all(
        [theirs, ours].map((side) => side.perform(bare, step('ADD'))),
      )
      const withoutPath = (texts: readonly string[] = []) =>
        texts.map((text) => text.replace(/in path .*/, ''))
      expect(withoutPath(our?.said)).toEqual(withoutPath(their?.said))
      expect(our).toMatchObject({ failed: true })
      expect(await ours.place.sh('ip -n c1 link')).not.toContain('eth0')
      await Promise.all([theirs.reset(), ours.reset()])
    },
  )

  it('DEL without a result, of a conf that has gone wrong, and GC leave nothing', async () => {
    const wrong = {
      ...lan,
      plugins: [{ ...bridge, mtu: 'many', ipam: { ...ipam, subnet: 'none' } }],
    }
    const bare = { ...lan, name: 'lan', plugins: [bridge] }
    expect(await ours.perform(lan, step('ADD'))).toMatchObject({ said: [] })
    expect(await elements()).toBeGreaterThan(0)
    await ours.perform(wrong, step('DEL'))
    expect([await elements(), await reserved()]).toEqual([0, ''])
    expect(await ours.place.sh('ip -n c1 link')).not.toContain('eth0')
    expect(await ours.perform(bare, step('ADD'))).toMatchObject({ said: [] })
    const conf = { ...bridge, name: 'lan', cniVersion: '1.1.0', 'cni.dev/valid-attachments': [] }
    const env = { CNI_COMMAND: 'GC', CNI_PATH: own }
    const collected = await ours.place.host.run([`${own}/bridge`], {
      input: JSON.stringify(conf),
      env,
    })
    expect(collected).toMatchObject({ exitCode: 0, stdout: '' })
    expect([await elements(), await reserved()]).toEqual([0, ''])
    expect(await ours.place.sh('ip -n c1 link')).not.toContain('eth0')
    await ours.reset()
  })
})
