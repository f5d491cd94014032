import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { hostAt, outside } from './engine-host.ts'
import { firewalls } from './firewalls.ts'
import { describeOnHost } from './gate.ts'
import { plugins as debian } from './host.ts'
import type { Network, Step } from './plugin-set-random.ts'
import { openSide, own, type Side } from './plugin-set-side.ts'

const ipam = { type: 'host-local', subnet: '10.7.0.0/24', routes: [{ dst: '0.0.0.0/0' }] }
const step = (command: Step['command'], id: Step['id'] = 'c1') => ({ command, id }) as const

function lan(main: object, keys: object): Network {
  const plugins = [
    { ipam, ...main },
    { type: 'firewall', ...keys },
  ]
  return { name: 'lan', cniVersion: '1.0.0', ports: 7, plugins } as Network
}

describeOnHost('keys of firewall, where firewalld runs', () => {
  let theirs: Side
  let ours: Side
  beforeAll(async () => {
    ;[theirs, ours] = await Promise.all([openSide(debian), openSide(own)])
    const set = firewalls.find(({ name }) => name === 'firewalld')?.set ?? ''
    for (const { place } of [theirs, ours]) await place.sh(set)
  }, 60_000)
  afterAll(async () => {
    for (const { place } of [theirs, ours]) {
      await place.sh('kill $(cat /run/firewalld-test.pids)')
      await place.close()
    }
  })

  const sources = async ({ place }: Side, zone: string) =>
    (await place.sh(`firewall-cmd --zone=${zone} --list-sources`)).trim()
  const askHost = ({ place }: Side) =>
    place.ask('c1', { protocol: 'tcp', address: hostAt.four, port: 90 })

  it.each([
    ['trusted', true],
    ['drop', false],
  ])('in zone %s a container reaches the host as with the Go plugin: %s', async (zone, reached) => {
    const net = lan({ type: 'ptp' }, { firewalldZone: zone })
    for (const side of [theirs, ours]) {
      expect(await side.perform(net, step('ADD'))).toMatchObject({ said: [] })
      expect(await side.perform(net, step('CHECK'))).toMatchObject({ said: [] })
      expect(await sources(side, zone)).toBe('10.7.0.2/32')
      expect((await askHost(side)).startsWith('host')).toBe(reached)
      // The Go plugin asks for the source, and passes whatever the answer is.
      await side.place.sh(`firewall-cmd --zone=${zone} --remove-source=10.7.0.2/32`)
      expect((await side.perform(net, step('CHECK'))).failed).toBe(side === ours)
      await side.place.sh(`firewall-cmd --zone=${zone} --add-source=10.7.0.2/32`)
      expect(await side.perform(net, step('DEL'))).toMatchObject({ said: [] })
      expect(await sources(side, zone)).toBe('')
      // The next container gets the same address.
      await side.place.sh('rm -r /var/lib/cni/networks')
    }
    expect(await ours.place.sh('ls /run/vethra/firewalld')).toBe('')
  })

  it("the subnet of a bridge goes from zone trusted to the named one, and stays in its owner's", async () => {
    const net = lan({ type: 'bridge', bridge: 'br7', isGateway: true }, { firewalldZone: 'work' })
    expect(await ours.perform(net, step('ADD'))).toMatchObject({ said: [] })
    expect(await ours.perform(net, step('ADD', 'c2'))).toMatchObject({ said: [] })
    expect(await ours.perform(net, step('CHECK'))).toMatchObject({ said: [] })
    const zones = () => Promise.all(['trusted', 'work', 'home'].map((zone) => sources(ours, zone)))
    expect(await zones()).toEqual(['', '10.7.0.0/24', ''])
    await ours.place.sh('firewall-cmd --zone=home --change-source=10.7.0.0/24')
    const { said } = await ours.perform(net, step('CHECK'))
    expect(said.join()).toContain('firewall')
    await ours.perform(net, step('DEL', 'c2'))
    const again = await ours.perform(net, step('ADD', 'c2'))
    expect(again.said.join()).toContain('source 10.7.0.0/24 is in zone home of firewalld')
    expect(await zones()).toEqual(['', '', '10.7.0.0/24'])
  })
})

describeOnHost('the chain of iptables that firewall leaves to its administrator', () => {
  let theirs: Side
  let ours: Side
  beforeAll(async () => {
    ;[theirs, ours] = await Promise.all([openSide(debian), openSide(own)])
    // A way back, as without masquerading.
    for (const { place } of [theirs, ours])
      await place.sh(`ip -n outside route add 10.7.0.0/24 via ${hostAt.four}`)
  }, 60_000)
  afterAll(() => Promise.all([theirs.place.close(), ours.place.close()]))
  afterEach(() => Promise.all([theirs.reset(), ours.reset()]))

  const net = lan({ type: 'ptp' }, { iptablesAdminChainName: 'MINE' })
  const refuse = `-d ${outside.four} -p tcp --dport 90 -j REJECT`
  const reached = async ({ place }: Side, id: Step['id'] = 'c1') => {
    const said = await place.ask(id, { protocol: 'tcp', address: outside.four, port: 90 })
    return said.startsWith('outside')
  }
  const jumps = async () =>
    (await ours.place.sh('iptables -S FORWARD; ip6tables -S FORWARD')).match(/-j MINE$/gm)
      ?.length ?? 0

  it('its rules come first, as with the Go plugin, until the last user has gone', async () => {
    for (const side of [theirs, ours]) {
      await side.place.sh(`iptables -N MINE; iptables -A MINE ${refuse}`)
      expect(await side.perform(net, step('ADD'))).toMatchObject({ said: [] })
      expect(await side.perform(net, step('CHECK'))).toMatchObject({ said: [] })
      expect(await reached(side)).toBe(false)
      await side.place.sh(`iptables -D MINE ${refuse}`)
      expect(await reached(side)).toBe(true)
      await side.place.sh(`iptables -A MINE ${refuse}; iptables -P FORWARD DROP`)
      expect(await side.perform(net, step('ADD', 'c2'))).toMatchObject({ said: [] })
      expect([await reached(side), await reached(side, 'c2')]).toEqual([false, false])
      await side.place.sh('iptables -F MINE')
      expect([await reached(side), await reached(side, 'c2')]).toEqual([true, true])
    }
    expect(await jumps()).toBe(2)
    expect((await ours.place.host.vethra('doctor')).stdout).not.toContain('MINE')
    await ours.place.sh('iptables -F FORWARD')
    expect(await ours.perform(net, step('CHECK'))).toMatchObject({ failed: true })
    expect(await ours.perform(net, step('DEL'))).toMatchObject({ said: [] })
    expect(await jumps()).toBe(1)
    expect(await ours.perform(net, step('DEL', 'c2'))).toMatchObject({ said: [] })
    expect(await jumps()).toBe(0)
    expect(await ours.place.sh('ls /run/vethra/firewalld; iptables -S MINE')).toBe('-N MINE')
  })

  const plain = lan({ type: 'ptp' }, {})
  const started: readonly (readonly [string, string])[] = [
    ['where the Go plugin jumps to it and the policy is DROP', 'Go'],
    ['where nobody jumps to it', 'none'],
  ]
  it.each(started)('the rules of its default, CNI-ADMIN, come first %s', async (_, jumper) => {
    const { place } = ours
    if (jumper === 'Go') {
      expect(await ours.perform(plain, step('ADD', 'c2'))).toMatchObject({ said: [] })
      await place.sh(
        'for t in iptables ip6tables; do $t -N CNI-ADMIN; $t -N CNI-FORWARD; $t -A CNI-FORWARD -j CNI-ADMIN; $t -I FORWARD -j CNI-FORWARD; $t -P FORWARD DROP; done',
      )
    } else await place.sh('iptables -N CNI-ADMIN')
    await place.sh(`iptables -A CNI-ADMIN ${refuse}`)
    expect(await ours.perform(plain, step('ADD'))).toMatchObject({ said: [] })
    expect(await ours.perform(plain, step('CHECK'))).toMatchObject({ said: [] })
    expect(await reached(ours)).toBe(false)
    await place.sh('iptables -F CNI-ADMIN')
    expect(await reached(ours)).toBe(true)
    for (const id of ['c1', 'c2'] as const)
      expect(await ours.perform(plain, step('DEL', id))).toMatchObject({ said: [] })
    expect(await place.sh('iptables -S FORWARD; ls /run/vethra/firewalld')).not.toMatch(
      /ADMIN|vethra/,
    )
    await place.sh(
      'for t in iptables ip6tables; do $t -P FORWARD ACCEPT; $t -F; $t -X CNI-FORWARD || true; $t -X CNI-ADMIN; done',
    )
  })

  it('a chain that is missing is made, and its rules are seen once there are some', async () => {
    for (const side of [theirs, ours]) {
      expect(await side.perform(net, step('ADD'))).toMatchObject({ said: [] })
      await side.place.sh(`iptables -A MINE ${refuse}`)
      expect(await reached(side)).toBe(false)
      expect(await side.perform(net, step('DEL'))).toMatchObject({ said: [] })
    }
  })

  it('a target in its place is refused, and is in the way of no other', async () => {
    const { place } = ours
    const before = await place.sh('iptables -S; ip6tables -S')
    const refused = await ours.perform(
      lan({ type: 'ptp' }, { iptablesAdminChainName: 'DROP' }),
      step('ADD'),
    )
    expect(refused.said.join()).toContain('chain DROP of iptables')
    expect(await place.sh('ls /run/vethra/firewalld')).toBe('')
    expect(await ours.perform(net, step('ADD', 'c2'))).toMatchObject({ said: [] })
    expect(await jumps()).toBe(2)
    expect(await ours.perform(net, step('DEL', 'c2'))).toMatchObject({ said: [] })
    await place.sh('iptables -X MINE; ip6tables -X MINE')
    expect(await place.sh('iptables -S; ip6tables -S')).toBe(before)
  })
})
