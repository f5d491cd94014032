import { expect, it } from 'vitest'
import { inHost } from '../../test/in-host.ts'

const tools = `
import { spawnSync } from 'node:child_process'
import { applyChanges } from '${import.meta.dirname}/apply.ts'
import { openSession } from '${import.meta.dirname}/session.ts'
const owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
const owned = (...all) => all.map((resource) => ({ kind: 'make', to: { owner, resource } }))
const veth = { kind: 'link', place: 'container', name: 'eth0', type: { name: 'veth', hostName: 'veth1', hostMac: '02:00:00:00:00:01' }, up: true, mac: '02:00:00:00:00:02', linkLocal: false }
const address = (address, link = 'eth0') => ({ kind: 'address', place: 'container', link, address, prefixLength: 24 })
const session = openSession('/run/netns/t')
const kinds = ({ done, failed }) => [done.map(({ to }) => to.resource.address ?? to.resource.name), failed?.change.to.resource.address ?? failed?.change.to.resource.name ?? null]
const sh = (script) => spawnSync('sh', ['-ec', script], { encoding: 'utf8' }).stdout
const say = (value) => console.log(JSON.stringify(value))
`

it('a link that was made is among what was done, although a later operation on it was refused', () => {
  const said = inHost(`${tools}
    const refusing = {
      ...session,
      route: (place, ops) => {
        const outcome = session.route(place, ops)
        const at = ops.findIndex(({ kind }) => kind === 'set address mode')
        const refusal = { sequence: outcome.first + at, errno: 95, text: '' }
        return at < 0 ? outcome : { ...outcome, refusals: [refusal] }
      },
    }
    say(kinds(applyChanges(refusing, owned(veth, address('10.4.0.2')))))`)
  expect(said).toEqual([['eth0'], 'eth0'])
})

it('answers that the buffer of the socket has no room for are told as lost, and what was sent is to be undone', () => {
  const said = inHost(`${tools}
    const { openSocket } = await import('${import.meta.dirname}/netlink-socket.ts')
    const { encodeRouteOps } = await import('@vethra/netlink')
    const socket = openSocket('route')
    const many = Array.from({ length: 1900 }, (_, at) => ({ kind: 'delete link', link: { name: 'nope' + at } }))
    const flooded = socket.exchange(encodeRouteOps(many))
    const [link] = socket.exchange(encodeRouteOps([{ kind: 'ask link', link: { name: 'lo' } }])).messages
    const losing = { ...session, route: (place, ops) => ({ ...session.route(place, ops), lost: true }) }
    const outcome = applyChanges(losing, owned(veth))
    say([flooded.lost, flooded.refusals.length < many.length, link !== undefined, kinds(outcome), outcome.failed.error.message])`)
  const told = expect.stringContaining('ENOBUFS')
  expect(said).toEqual([true, true, true, [['eth0'], 'eth0'], told])
})

it('what was carried out behind a refusal in the same send is among what was done', () => {
  const said = inHost(`${tools}
    applyChanges(session, owned(veth, address('10.4.0.2')))
    say(kinds(applyChanges(session, owned(address('10.4.0.2'), address('10.4.0.3')))))`)
  expect(said).toEqual([['10.4.0.3'], '10.4.0.2'])
})

it('a link of the name that is another’s stays as it is', () => {
  const said = inHost(
    `${tools}
    const dummyLike = { ...veth, type: { name: 'macvlan', parent: 'p', mode: 'bridge' } }
    const before = sh('ip -n t -d link show eth0')
    const outcome = applyChanges(session, owned(dummyLike))
    say([kinds(outcome), sh('ip -n t -d link show eth0') === before])`,
    'ip link add p type veth peer name q && ip link add r type veth peer name eth0 netns t',
  )
  expect(said).toEqual([[[], 'eth0'], true])
})

it('a veth whose end on the host has got another name since it was seen goes by the end inside', () => {
  const said = inHost(`${tools}
    applyChanges(session, owned(veth))
    sh('ip link set veth1 down && ip link set veth1 name other')
    const outcome = applyChanges(session, [{ kind: 'remove', from: { owner, resource: veth } }])
    say([outcome.failed ?? null, sh('ip -n t -o link show type veth')])`)
  expect(said).toEqual([null, ''])
})

it.each([
  ['veth', `{ ...veth }`],
  ['macvlan', `{ ...veth, type: { name: 'macvlan', parent: 'p', mode: 'bridge' } }`],
  ['ifb', `{ kind: 'link', place: 'host', name: 'bwp1', type: { name: 'ifb' }, up: true }`],
])(
  'a %s whose maker was killed before it was marked is its attachment’s, and made anew',
  (_, resource) => {
    const said = inHost(
      `${tools}
    const { looking } = await import('${import.meta.dirname}/looking.ts')
    const { observeExpected } = await import('${import.meta.dirname}/../observed/observe-expected.ts')
    const wanted = { owner, resource: ${resource} }
    const dying = {
      ...session,
      route: (place, ops) => {
        if (ops.some(({ alias }) => alias !== undefined)) throw new Error('killed')
        return session.route(place, ops)
      },
    }
    let end = 'lived'
    try { applyChanges(dying, [{ kind: 'make', to: wanted }]) } catch (error) { end = error.message }
    const { diff } = await import('@vethra/state')
    const observed = observeExpected(looking(session, [wanted]), [wanted])
    const changes = diff([wanted], observed)
    const again = applyChanges(session, changes)
    const after = observeExpected(looking(session, [wanted]), [wanted])
    say([end, observed[0]?.owner, changes.map(({ kind }) => kind), again.failed?.error.message ?? 'made', diff([wanted], after)])`,
      'ip link add p type veth peer name q && ip link set p up',
    )
    const owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
    expect(said).toEqual(['killed', owner, ['remove', 'make'], 'made', []])
  },
)

it('a thousand routes by one interface go out at once, and its index is asked for once', () => {
  const said = inHost(`${tools}
    applyChanges(session, owned(veth, address('10.4.0.2')))
    let [asked, sends] = [0, 0]
    const counting = {
      ...session,
      link: (...at) => (asked++, session.link(...at)),
      route: (...sent) => (sends++, session.route(...sent)),
    }
    const route = (at) => ({ kind: 'route', place: 'container', link: 'eth0', destination: \`10.\${16 + (at >> 8)}.\${at & 255}.0/24\`, gateway: '10.4.0.1' })
    const routes = Array.from({ length: 1000 }, (_, at) => route(at))
    const { failed } = applyChanges(counting, owned(...routes))
    const { looking } = await import('${import.meta.dirname}/looking.ts')
    const { observeExpected } = await import('${import.meta.dirname}/../observed/observe-expected.ts')
    const expected = owned(...routes).map(({ to }) => to)
    say([failed?.error.message ?? null, asked, sends, observeExpected(looking(session, expected), expected).length])`)
  expect(said).toEqual([null, 1, 1, 1000])
})

it('a setting that cannot be written is refused, unless it has that value', () => {
  const said = inHost(
    `${tools}
    const set = (place, value) => applyChanges(session, owned({ kind: 'sysctl', place, key: 'net/core/somaxconn', value }))
    const outcome = ({ done, failed }) => failed?.error.hint ?? done.length
    say(['host', 'container'].flatMap((place) => [outcome(set(place, '4096')), outcome(set(place, '77'))]))`,
    'mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys',
  )
  const refused = (how: string) => expect.stringContaining(how)
  expect(said).toEqual([1, refused('sysctl -w'), 1, refused('Mount /proc/sys for writing')])
})

it('a bridge carries packets at once, with the first container on it', () => {
  const said = inHost(`${tools}
    const { encodeRouteDump } = await import('@vethra/netlink')
    const network = { kind: 'network', network: 'lan' }
    const bridge = { kind: 'link', place: 'host', name: 'br0', type: { name: 'bridge' }, up: true, mac: '02:00:00:00:00:09' }
    const onBridge = { ...veth, type: { ...veth.type, bridge: 'br0' } }
    applyChanges(session, [{ kind: 'make', to: { owner: network, resource: bridge } }])
    const running = (place) => session.routeMessages(place, [encodeRouteDump('links')]).messages.slice(1).map(({ body }) => (body[8] & 0x40) !== 0)
    const seen = []
    for (let at = 0; at < 10; at += 1) {
      applyChanges(session, owned(onBridge))
      seen.push(...running('host'), ...running('container'))
      applyChanges(session, [{ kind: 'remove', from: { owner, resource: onBridge } }])
    }
    say(seen)`)
  expect(said).toEqual(Array.from({ length: 30 }, () => true))
})

it('a port of a bridge that is down is none', () => {
  const said = inHost(
    `${tools}
    const { looking } = await import('${import.meta.dirname}/looking.ts')
    const { observeExpected } = await import('${import.meta.dirname}/../observed/observe-expected.ts')
    const port = { owner, resource: { kind: 'bridge port', link: 'veth1', hairpin: true, isolated: false } }
    applyChanges(session, [...owned({ ...veth, type: { ...veth.type, bridge: 'br0' } }), { kind: 'make', to: port }])
    const seen = () => observeExpected(looking(session, [port]), [port]).length
    const before = seen()
    sh('ip link set veth1 down')
    say([before, seen()])`,
    'ip link add br0 up type bridge',
  )
  expect(said).toEqual([1, 0])
})
