import { readAddress } from '@vethra/ipam'
import type { NetworkOptions } from './options.ts'
import { refusal } from './refusal.ts'
import { members, type Written } from './written-json.ts'

/**
 * The members of `ipam` for the static plugin: each container brings its addresses, through capability
 * `ips`. The default routes lead through the gateways, where given. Throws CniError 103 for what only
 * choosing addresses would need.
 */
export function staticMembers(options: NetworkOptions): readonly (readonly [string, Written])[] {
  const { subnets, ipRanges, auxAddresses, ipamOptions } = options
  const extra = [...subnets, ...ipRanges, ...auxAddresses, ...Object.keys(ipamOptions)]
  if (extra.length > 0) {
    throw refusal(
      `ipam driver static cannot use "${extra[0]}": it chooses no addresses`,
      'Leave out --subnet, --ip-range, --aux-address and --ipam-opt, and give each container its --ip.',
    )
  }
  const gateways = options.gateways.map(readGateway)
  const route = (dst: string, family: 4 | 6): Written =>
    members([
      ['dst', dst],
      ['gw', gateways.find((each) => each.family === family)?.text],
    ])
  const routes = [
    ...(options.ipv4 ? [route('0.0.0.0/0', 4)] : []),
    ...(options.ipv6 ? [route('::/0', 6)] : []),
  ]
  return [['type', 'static'], ...(options.internal ? [] : ([['routes', routes]] as const))]
}

function readGateway(text: string): { text: string; family: 4 | 6 } {
  const address = readAddress(text)
  if (!address) throw refusal(`failed to parse gateway "${text}"`)
  return { text, family: address.family }
}
