import { goField, goItems, goText, type Json, jsonOrNull } from '@vethra/cni'
import type { ForwardedPorts } from './iptables/forwarded-ports.ts'

/** The ports that a table of portmap leads elsewhere, as `nft -j list table` prints it; none for any other text. */
export function hostportLeads(listing: string): readonly ForwardedPorts[] {
  return goItems(jsonOrNull(listing), 'nftables').flatMap((entry) => {
    const rule = goField(entry, 'rule')
    const parts = goItems(rule, 'expr')
    const [port, address] = [comparisonOf(parts, 'dport'), comparisonOf(parts, 'daddr')]
    const target = parts.map((each) => goField(each, 'dnat')).find((each) => each !== undefined)
    const [to, toPort] = [goField(target, 'addr'), goField(target, 'port')]
    if (typeof port?.value !== 'number' || typeof to !== 'string' || typeof toPort !== 'number')
      return []
    return {
      protocol: port.protocol,
      address: typeof address?.value === 'string' ? address.value : '',
      ...{ first: port.value, last: port.value },
      chain: goText(rule, 'chain'),
      to: to.includes(':') ? `[${to}]:${toPort}` : `${to}:${toPort}`,
    }
  })
}

/** The first comparison with a field of packets among the parts of a rule of `nft -j`: the field's protocol, and the value. */
export function comparisonOf(
  parts: readonly Json[],
  field: string,
): { readonly protocol: string; readonly value: Json | undefined } | undefined {
  return parts.flatMap((part) => {
    const match = goField(part, 'match')
    const payload = goField(goField(match, 'left'), 'payload')
    const comparison = { protocol: goText(payload, 'protocol'), value: goField(match, 'right') }
    return goField(payload, 'field') === field ? [comparison] : []
  })[0]
}
