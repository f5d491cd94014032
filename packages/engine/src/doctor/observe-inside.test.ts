import { attachmentText, type ObservedAttachment } from '@vethra/findings'
import type { Resource, State } from '@vethra/state'
import type { CachedAttachment, SeenInside } from '@vethra/world'
import { expect, it } from 'vitest'
import type { DoctorTools } from './doctor-tools.ts'
import { observeInside } from './observe-inside.ts'

const bridge = {
  type: 'bridge',
  bridge: 'br-lan',
  ipam: { type: 'host-local', subnet: '10.4.1.0/24' },
}
const sysctl = { 'net.ipv4.conf.IFNAME.arp_notify': '1', 'net.core.somaxconn': '777' }
const mac = '02:00:00:00:00:01'

function made(network: string, ifname: string, plugins: readonly object[]): CachedAttachment {
  const octet = ifname.slice(3)
  const result = {
    cniVersion: '1.0.0',
    interfaces: [{ name: 'br-lan' }, { name: 'veth0' }, { name: ifname, mac, sandbox: '/n' }],
    ips: [{ interface: 2, address: `10.4.${octet}.2/24`, gateway: `10.4.${octet}.1` }],
    routes: [{ dst: '0.0.0.0/0' }],
  }
  return {
    network,
    attachment: { containerId: 'web', netns: '/n', ifname, cniArgs: [], capabilityArgs: {} },
    listText: JSON.stringify({ cniVersion: '1.0.0', name: network, plugins }),
    result: JSON.stringify(result),
  }
}

/** The findings of `observeInside`, a text each, in a namespace that has the resources that `has` returns. */
async function lacking(
  all: readonly CachedAttachment[],
  has: (wanted: State) => State = () => [],
): Promise<readonly string[]> {
  const found = await inside(all, has, {})
  return found.inside.map(({ attachment, due }) => {
    const { kind: _, place: __, ...resource } = due.to.resource as Resource & { place: string }
    return `${attachmentText(attachment)}: ${due.kind} ${due.to.resource.kind} ${Object.values(resource).join(' ')}`
  })
}

async function inside(
  all: readonly CachedAttachment[],
  has: (wanted: State) => State,
  around: Partial<SeenInside>,
): ReturnType<typeof observeInside> {
  const lookInside = async (_: string, __: string, wanted: State) => ({
    ...{ found: has(wanted), routes: [], neighbours: [], refusals: [], addresses: [] },
    ...around,
  })
  const kernel = { lookInside }
  const tools = { host: { kernel: async () => kernel }, clock: {} } as unknown as DoctorTools
  const seen = all.map(({ network, attachment: { containerId, ifname } }) => ({
    ...{ network, containerId, ifname, netns: '/n' },
  })) as unknown as readonly ObservedAttachment[]
  return observeInside(
    tools,
    all.map((each) => ({ made: each, ways: [] })),
    seen,
  )
}

it('before a network without a default route the one of the earlier is wanted', async () => {
  const far = made('far', 'eth1', [bridge])
  const inner = { ...far, result: far.result?.replace('0.0.0.0/0', '10.8.0.0/16') ?? '' }
  const found = await lacking([made('lan', 'eth0', [bridge]), inner])
  expect(found.filter((each) => each.includes('0.0.0.0/0'))).toEqual([
    'lan/web/eth0: make route eth0 0.0.0.0/0 10.4.0.1 true',
  ])
})

it.each([
  [
    'without a priority the later one',
    undefined,
    'far/web/eth1: make route eth1 0.0.0.0/0 10.4.1.1 true',
  ],
  ['with one the earlier', 1, 'lan/web/eth0: make route eth0 0.0.0.0/0 10.4.0.1 true'],
])('of two networks %s has the default route', async (_, priority, wanted) => {
  const far = made('far', 'eth1', [bridge])
  const routes = JSON.stringify({ dst: '0.0.0.0/0', priority })
  const result = far.result?.replace('{"dst":"0.0.0.0/0"}', routes) ?? ''
  const found = await lacking([made('lan', 'eth0', [bridge]), { ...far, result }])
  expect(found.filter((each) => each.includes('route')).toSorted()).toEqual(
    [
      'lan/web/eth0: make route eth0 10.4.0.0/24',
      'far/web/eth1: make route eth1 10.4.1.0/24',
      wanted,
    ].toSorted(),
  )
})

const wrong = { kind: 'route', place: 'container', link: 'eth0', gateway: '10.4.0.9' } as const
const right = { ...wrong, destination: '0.0.0.0/0', gateway: '10.4.0.1', priority: 5 }

it('what leads packets elsewhere is told by the words that delete it', async () => {
  const { ledAway } = await inside([made('lan', 'eth0', [bridge])], (wanted) => wanted, {
    routes: [
      { ...wrong, destination: '0.0.0.0/0' },
      { ...wrong, destination: '0.0.0.0/1', priority: 7 },
      // Behind ours, and by no gateway: they do no harm.
      right,
      { ...right, gateway: '10.4.0.9' },
      { ...wrong, destination: '0.0.0.0/0', priority: 9 },
      { ...wrong, destination: '10.9.0.0/16', gateway: 'fe80::1' },
    ],
    neighbours: ['10.4.0.1'],
    refusals: ['ip -4 rule delete pref 10'],
  })
  expect(ledAway.map(({ deletion }) => deletion)).toEqual([
    'ip route delete 0.0.0.0/0 via 10.4.0.9 dev eth0 metric 0',
    'ip route delete 0.0.0.0/1 via 10.4.0.9 dev eth0 metric 7',
    'ip -4 rule delete pref 10',
    'ip neigh delete 10.4.0.1 dev eth0',
  ])
})

it('an address of the gateway or of a peer is told, on whatever interface, and those of its own networks are not', async () => {
  const peer = made('lan', 'eth0', [bridge])
  const other = { ...peer, attachment: { ...peer.attachment, containerId: 'db', netns: '/m' } }
  const result = peer.result?.replaceAll('10.4.0.2', '10.4.0.7') ?? ''
  const addresses = ['10.4.0.1', '10.4.0.2', '10.4.0.7', '10.4.0.9', '10.4.1.2'].map((address) => ({
    ...{ link: 'lo', address, prefixLength: 32 },
  }))
  const all = [peer, { ...other, result }, made('far', 'eth1', [bridge])]
  const { ledAway } = await inside(all, (wanted) => wanted, { addresses })
  const ofWeb = ledAway.filter(
    ({ attachment: { ifname, containerId } }) => containerId === 'web' && ifname === 'eth0',
  )
  expect(ofWeb.map(({ deletion }) => deletion)).toEqual([
    'ip address delete 10.4.0.1/32 dev lo',
    'ip address delete 10.4.0.7/32 dev lo',
  ])
})

it('another MAC is found', async () => {
  const found = await lacking([made('lan', 'eth0', [bridge])], (wanted) =>
    wanted.map((each) =>
      each.resource.kind === 'link settings'
        ? { ...each, resource: { ...each.resource, mac: '02:00:00:00:00:99' } }
        : each,
    ),
  )
  expect(found).toEqual([`lan/web/eth0: alter link settings true 1500 eth0 true ${mac}`])
})

it('sysctls and settings of tuning are found', async () => {
  const found = await lacking([
    made('lan', 'eth0', [bridge, { type: 'tuning', sysctl, mtu: 1400 }]),
  ])
  expect(found.filter((each) => /sysctl|settings/.test(each))).toEqual([
    'lan/web/eth0: make sysctl net/ipv4/conf/eth0/arp_notify 1',
    'lan/web/eth0: make sysctl net/core/somaxconn 777',
    `lan/web/eth0: make link settings true 1400 eth0 true ${mac}`,
  ])
})
