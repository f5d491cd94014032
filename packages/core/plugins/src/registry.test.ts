import type { JsonObject } from '@vethra/cni'
import { expect, it } from 'vitest'
import { whyProgram } from './index.ts'
import { pluginNames } from './plugin-names.ts'
import { ipamPlannerOf, pluginTypes } from './registry.ts'

const ipam = { type: 'host-local', ranges: [[{ subnet: '10.4.0.0/24' }]] }

it.each<JsonObject>([
  { type: 'bridge', bridge: 'br0', isGateway: true, ipMasq: true, hairpinMode: true, ipam },
  { type: 'bridge', ForceAddress: false, vlan: 0, ipam },
  ...['iptables', 'nftables'].flatMap((ipMasqBackend) => [
    { type: 'bridge', ipMasq: true, ipMasqBackend, ipam },
    { type: 'ptp', ipMasq: true, ipMasqBackend, ipam },
  ]),
  { type: 'portmap', capabilities: { portMappings: true }, snat: true },
  { type: 'portmap', conditionsV6: ['!', '-d', '::1'] },
  { type: 'firewall', ingressPolicy: 'same-bridge' },
  { type: 'firewall', backend: '' },
  { type: 'tuning', capabilities: { mac: true }, sysctl: {} },
  { type: 'macvlan', master: 'eth0', mode: 'bridge', ipam: { type: 'static', addresses: [] } },
])('planned in this process: %j', (conf) => {
  expect(whyProgram(conf)).toBeUndefined()
})

it.each<[JsonObject, string]>([
  [{ type: 'calico' }, 'calico'],
  [{ type: 'bridge', vlan: 7 }, 'vlan'],
  [{ type: 'ptp', ipam: { type: 'dhcp' } }, 'dhcp'],
  [{ type: 'ptp', ipam: { ...ipam, daemon: true } }, 'daemon'],
  [{ type: 'portmap', snat: false }, 'snat'],
  [{ type: 'portmap', externalSetMarkChain: 'KUBE-MARK-MASQ' }, 'externalSetMarkChain'],
  [{ type: 'portmap', conditionsV6: ['-s', 'fd00::/8'] }, 'conditionsV6'],
  [{ type: 'portmap', backend: 'iptables' }, 'backend'],
  [{ type: 'firewall', backend: 'firewalld' }, 'backend'],
  [{ type: 'firewall', iptablesAdminChainName: 'MINE' }, 'iptablesAdminChainName'],
])('left to the program: %j', (conf, named) => {
  expect(whyProgram(conf)).toContain(named)
})

it('each planner is a plugin that is called by its name, too', () => {
  const others = pluginNames.filter((name) => ipamPlannerOf(name) === undefined)
  expect([...others].sort()).toEqual([...pluginTypes].sort())
})
