import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { hostAt, outside } from './engine-host.ts'
import { describeOnHost } from './gate.ts'
import { plugins as debian, executable } from './host.ts'
import type { Network, Step } from './plugin-set-random.ts'
import { openSide, own, type Side } from './plugin-set-side.ts'

const ports = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }]
const ipam = {
  type: 'host-local',
  ranges: [[{ subnet: '10.7.0.0/24' }], [{ subnet: 'fd00:7::/64' }]],
  routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
}
const bridge = { type: 'bridge', bridge: 'br7', isGateway: true, ipMasq: true, ipam }
/** Another address of the host. */
const third = '198.51.100.3'
const step = (command: Step['command']) => ({ command, id: 'c1', ports }) as const

function lan(keys: object): Network {
  const portmap = { type: 'portmap', capabilities: { portMappings: true }, ...keys }
  return { name: 'lan', cniVersion: '1.0.0', ports: 7, plugins: [bridge, portmap] }
}

describeOnHost('keys of portmap', () => {
  let theirs: Side
  let ours: Side
  beforeAll(async () => {
    ;[theirs, ours] = await Promise.all([openSide(debian), openSide(own)])
    for (const { place } of [theirs, ours]) await place.sh(`ip addr add ${third}/24 dev up0`)
  }, 60_000)
  afterAll(() => Promise.all([theirs.place.close(), ours.place.close()]))

  afterEach(() => Promise.all([theirs.reset(), ours.reset()]))

  const ask = (from: string, address: string, { place } = ours) =>
    place.ask(from, { protocol: 'tcp', address, port: 8080 })

  it('with masqAll the container sees the host, whoever asks its port, and DEL ends that', async () => {
    expect(await ours.perform(lan({}), step('ADD'))).toMatchObject({ said: [] })
    expect(await ask('outside', hostAt.four)).toContain(outside.four)
    expect(await ours.perform(lan({ masqAll: true }), step('CHECK'))).toMatchObject({
      failed: true,
    })
    expect(await ours.perform(lan({}), step('DEL'))).toMatchObject({ said: [] })
    const all = lan({ masqAll: true })
    expect(await ours.perform(all, step('ADD'))).toMatchObject({ said: [] })
    expect(await ours.perform(all, step('CHECK'))).toMatchObject({ said: [] })
    for (const from of ['outside', 'host'])
      expect(await Promise.all([ask(from, hostAt.four), ask(from, hostAt.six)])).toEqual([
        'c1 10.7.0.1 1',
        'c1 fd00:7::1 1',
      ])
    expect(await ours.perform(lan({}), step('DEL'))).toMatchObject({ said: [] })
    expect(await ours.place.sh('nft list table inet vethra')).not.toContain('c1')
  })

  // Who is answered: the outside and the host, at each of the host's two addresses, and by IPv6 where it is asked for.
  const who = async (side: Side) => {
    const asked = ['outside', 'host'].flatMap((from) =>
      [hostAt.four, third, hostAt.six].map((address) => ask(from, address, side)),
    )
    return (await Promise.all(asked)).map((answer) => (answer.startsWith('c1') ? 1 : 0)).join('')
  }

  it.each<[string, object, string]>([
    ['everybody', { conditionsV4: [] }, '111111'],
    ['one source', { conditionsV4: ['-s', outside.four] }, '111001'],
    ['other sources', { conditionsV4: ['!', '--src', `${outside.four}/32`] }, '001111'],
    ['a list of sources', { conditionsV4: ['-s', `10.99.0.0/16,${outside.four}`] }, '111001'],
    ['one address', { conditionsV4: ['-d', hostAt.four] }, '101101'],
    ['other addresses', { conditionsV4: ['!', '-d', hostAt.four] }, '011011'],
    ['one interface', { conditionsV4: ['-i', 'up0'] }, '111001'],
    ['interfaces', { conditionsV4: ['--in-interface', 'up+'] }, '111001'],
    ['other interfaces', { conditionsV4: ['!', '-i', 'up0', '!', '-s', '10.99.0.0/16'] }, '001111'],
    ['all of that', { conditionsV4: ['-i', 'up0', '!', '-d', `${third}/32`] }, '101001'],
    ['IPv6', { conditionsV6: ['!', '-s', outside.six] }, '110111'],
  ])('a port is for %s as with the Go plugin', async (_, keys, expected) => {
    for (const side of [theirs, ours])
      expect(await side.perform(lan(keys), step('ADD'))).toMatchObject({ said: [] })
    expect([await who(theirs), await who(ours)]).toEqual([expected, expected])
    expect(await ours.perform(lan(keys), step('CHECK'))).toMatchObject({ said: [] })
    expect(await ours.perform(lan(keys), step('ADD'))).toMatchObject({ failed: true })
    expect(await ours.perform(lan({}), step('DEL'))).toMatchObject({ said: [] })
    expect(await ours.place.sh('nft list table inet vethra')).not.toContain('c1')
  })

  it('doctor leaves the ports of a network of ours alone, whose portmap ran as a program of ours by its keys', async () => {
    const { host, sh } = ours.place
    expect(await host.vethra('network', 'create', '--subnet', '10.8.0.0/24', 'web')).toMatchObject({
      exitCode: 0,
    })
    await sh(`sed -i 's/"type": *"portmap",/&"masqAll":true,/' $(grep -rl '"web"' /etc/cni/net.d)`)
    const cni = (verb: string) =>
      host.run([executable, 'cni', verb, 'web', '/run/netns/c1'], {
        env: { CNI_PATH: own, CAP_ARGS: JSON.stringify({ portMappings: ports }) },
      })
    expect(await cni('add')).toMatchObject({ exitCode: 0 })
    expect(await ask('outside', hostAt.four)).toBe('c1 10.8.0.1 1')
    const { stdout } = await host.vethra('doctor', '--format', 'json')
    const found: readonly { Kind: string }[] = JSON.parse(stdout)
    expect(found.filter(({ Kind }) => Kind.startsWith('rules'))).toEqual([])
    await host.vethra('doctor', '--repair')
    expect(await ask('outside', hostAt.four)).toBe('c1 10.8.0.1 1')
    expect(await cni('del')).toMatchObject({ exitCode: 0 })
    expect(await sh('nft list table inet vethra')).not.toContain('c1')
    expect(await host.vethra('network', 'rm', 'web')).toMatchObject({ exitCode: 0 })
  })
})
