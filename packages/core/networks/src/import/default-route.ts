import { goField, goItems, type Json, jsonOrNull } from '@vethra/cni'
import { ipamConfs } from '../anatomy.ts'
import type { Network } from '../network.ts'
import { textField } from '../read-json.ts'

/** Whether the containers of a network get a default route: from host-local or the bridge. Other IPAM plugins decide by themselves. */
export function hasDefaultRoute(network: Network): boolean {
  const [ipam = null] = ipamConfs(network)
  const main = jsonOrNull(network.list.plugins[0]?.text ?? 'null')
  const isOther = (textField(ipam, 'type') ?? 'host-local') !== 'host-local'
  const isOfBridge = goField(main, 'isDefaultGateway') === true
  return isOther || isOfBridge || goItems(ipam, 'routes').some(isDefaultRoute)
}

/** Whether a route of a conf leads everywhere, in one of the families. */
export function isDefaultRoute(route: Json): boolean {
  return ['0.0.0.0/0', '::/0'].includes(textField(route, 'dst') ?? '')
}
