import { parseConfList } from '@vethra/conflist'
import { expect, it } from 'vitest'
import { effectsOf } from './list-effects.ts'

const bridge = { type: 'bridge', isGateway: true, ipMasq: true, ipam: { type: 'host-local' } }
const port = { hairpin: false, isolated: false, open: true }
const effects = (...plugins: readonly object[]) =>
  effectsOf(parseConfList(JSON.stringify({ cniVersion: '1.0.0', name: 'lan', plugins })))

it('what the default chain brings about', () => {
  const firewall = { type: 'firewall', ingressPolicy: 'same-bridge' }
  expect(
    effects(
      { ...bridge, bridge: 'br-lan', mtu: 1400, hairpinMode: true },
      { type: 'portmap' },
      firewall,
    ),
  ).toEqual({
    bridge: {
      name: 'br-lan',
      mtu: 1400,
      routed: true,
      port: { hairpin: true, isolated: false, open: true },
    },
    linked: true,
    routed: true,
    masqueraded: true,
    masqueradedByNft: false,
    admitted: true,
    isolation: 'same-bridge',
    publishes: true,
    answersLocally: true,
    filtered: true,
    dataDir: '/var/lib/cni/networks',
  })
})

it.each([
  ['a bridge without a name is cni0', [bridge], { bridge: { name: 'cni0', routed: true, port } }],
  [
    'a bridge that is no gateway has no address',
    [{ type: 'bridge' }],
    { routed: false, masqueraded: false, filtered: false },
  ],
  ['isDefaultGateway routes, too', [{ type: 'bridge', isDefaultGateway: true }], { routed: true }],
  [
    'with a VLAN the gateway is elsewhere',
    [{ ...bridge, vlan: 7 }],
    { bridge: { name: 'cni0', routed: false, port } },
  ],
  [
    'what nft masquerades is no work of iptables',
    [{ ...bridge, ipMasqBackend: 'nftables' }],
    { masqueraded: false, masqueradedByNft: true, filtered: true },
  ],
  [
    'what is not masqueraded is so by no backend',
    [{ type: 'ptp', ipMasqBackend: 'nftables' }],
    { masqueraded: false, masqueradedByNft: false },
  ],
  ['without portmap no port answers anywhere', [bridge], { answersLocally: false }],
  [
    'what nft publishes is not looked at',
    [bridge, { type: 'portmap', backend: 'nftables' }],
    { publishes: false },
  ],
  [
    'firewalld admits by its zone',
    [bridge, { type: 'firewall', backend: 'firewalld', ingressPolicy: 'isolated' }],
    { admitted: false, isolation: 'none' },
  ],
  [
    'ptp leads to each container by a link of its own',
    [{ type: 'ptp', ipMasq: true }],
    { linked: true, routed: true, masqueraded: true },
  ],
  [
    'macvlan leads past the host',
    [{ type: 'macvlan' }],
    { linked: false, routed: false, filtered: false },
  ],
  [
    'reservations may lie elsewhere',
    [{ ...bridge, ipam: { type: 'host-local', dataDir: '/run/x' } }],
    { dataDir: '/run/x' },
  ],
  [
    'keys match whatever their case',
    [{ type: 'bridge', ISGATEWAY: true, BRIDGE: 'b' }],
    { bridge: { name: 'b', routed: true, port } },
  ],
])('%s', (_, plugins, expected) => {
  expect(effects(...plugins)).toMatchObject(expected)
})

it('addresses that host-local does not give are in no folder', () => {
  expect(effects({ type: 'bridge', ipam: { type: 'static' } })).not.toHaveProperty('dataDir')
})
