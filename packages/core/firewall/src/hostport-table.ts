import { goField, goItems, goText, type Json, jsonOrNull } from '@vethra/cni'
import type { ForwardedPorts } from './iptables/forwarded-ports.ts'

/** The table, one a family, that the reference plugin portmap (1.6 and later) keeps with `"backend": "nftables"`. */
export const hostportTable = 'cni_hostport'

/** The ports that a table of portmap leads elsewhere, as `nft -j list table` prints it; none for any other text. */
export function hostportLeads(listing: string): readonly ForwardedPorts[] {
  return goItems(jsonOrNull(listing), 'nftables').flatMap((entry) => {
    const rule = goField(entry, 'rule')
    const parts = goItems(rule, 'expr')
    const port = parts.map((each) => matched(each, 'dport')).find((each) => each !== undefined)
    const address = parts.map((each) => matched(each, 'daddr')).find((each) => each !== undefined)
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

function matched(part: Json, field: string) {
  const match = goField(part, 'match')
  const payload = goField(goField(match, 'left'), 'payload')
  if (goField(payload, 'field') !== field) return undefined
  return { protocol: goText(payload, 'protocol'), value: goField(match, 'right') }
}
