import { present, usageError } from '@vethra/cni'
import { parseMac } from './addresses.ts'
import { networkMode } from './network-mode.ts'
import type { BundleRequest, NetworkRequest } from './request.ts'

/**
 * The networks of a request in order, `bridge` when it names none. Addresses and aliases that were
 * asked for the container as a whole are in the first one: nerdctl gives them to every network, where
 * they cannot all be right. In a mode without CNI networks they mean nothing and are left out. Throws
 * CniError 103 on a mixture of modes, or on two wishes for one network that disagree.
 */
export function requestedNetworks(request: BundleRequest): readonly NetworkRequest[] {
  const mode = networkMode(request.networks)
  const [first = { ref: 'bridge', aliases: [] }, ...rest] = distinct(request.networks)
  if (mode !== 'cni') return [{ ref: first.ref, aliases: [] }]
  const ip = agreed('--ip', first.ip, request.ip)
  const ip6 = agreed('--ip6', first.ip6, request.ip6)
  const mac = request.macAddress
  const wanted = mac === undefined ? undefined : parseMac('--mac-address', mac)
  const macAddress = agreed('--mac-address', first.macAddress, wanted)
  const whole: NetworkRequest = {
    ref: first.ref,
    ...present({ ip, ip6, macAddress }),
    aliases: [...new Set([...first.aliases, ...request.aliases])],
  }
  return [whole, ...rest]
}

function distinct(networks: readonly NetworkRequest[]): readonly NetworkRequest[] {
  return networks.filter((network, index) => {
    const earlier = networks.slice(0, index).find((each) => each.ref === network.ref)
    if (!earlier) return true
    if (JSON.stringify(earlier) === JSON.stringify(network)) return false
    throw usageError(
      `conflicting options: network ${network.ref} is given twice with different settings`,
      'Give each network once.',
    )
  })
}

function agreed(
  flag: string,
  own: string | undefined,
  whole: string | undefined,
): string | undefined {
  if (own === undefined || whole === undefined || own === whole) return own ?? whole
  throw usageError(
    `conflicting options: ${flag} ${whole} and ${own} for the first network`,
    `Give the address with --network NET:… alone, or with ${flag} alone.`,
  )
}
