import { goField, goItems, jsonOrNull, present } from '@vethra/cni'
import { confOf, ipamConfs, networkSubnets } from './anatomy.ts'
import { ownKey } from './identity.ts'
import type { Network } from './network.ts'
import { textField } from './read-json.ts'

/** The type of the first plugin; empty for a mode. */
export function networkDriver({ file, list }: Network): string {
  return file === '' ? '' : (list.plugins[0]?.type ?? '')
}

/** Whether a network is what `network create --internal` makes of a bridge: no address of its own, and no source NAT. */
export function isInternalBridge(network: Network): boolean {
  const bridge = confOf(network, 'bridge')
  const leadsOut = ['isGateway', 'isDefaultGateway', 'ipMasq'] as const
  return bridge !== undefined && leadsOut.every((key) => goField(bridge, key) !== true)
}

/** Whether containers of a network get IPv6 addresses. */
export function hasIpv6(network: Network): boolean {
  const fixed = ipamConfs(network).flatMap((ipam) => goItems(ipam, 'addresses'))
  const addresses = fixed.map((each) => textField(each, 'address') ?? '')
  const subnets = networkSubnets(network).map(({ subnet }) => subnet)
  return [...subnets, ...addresses].some((each) => each.includes(':'))
}

/** The options of `network create -o` that would make a conf list as it is, without those that are the default. */
export function networkOptions(network: Network): Readonly<Record<string, string>> {
  const main = jsonOrNull(network.list.plugins[0]?.text ?? 'null')
  const firewall = confOf(network, 'firewall')
  const mtu = goField(main, 'mtu')
  const isBridge = networkDriver(network) === 'bridge'
  const noNat = isBridge && !isInternalBridge(network) && goField(main, 'ipMasq') !== true
  const isolated = textField(firewall, 'ingressPolicy') === 'isolated'
  return {
    ...(typeof mtu === 'number' && mtu > 0 ? { mtu: String(mtu) } : {}),
    ...(noNat ? { 'ip-masq': 'false' } : {}),
    ...(isBridge && isolated ? { icc: 'false' } : {}),
    ...(isBridge
      ? {}
      : present({ parent: textField(main, 'master'), mode: textField(main, 'mode') })),
    ...(textField(jsonOrNull(network.list.text), ownKey) ? { 'vethra.own': 'true' } : {}),
  }
}
