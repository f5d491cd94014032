import { formatPrefix, overlaps, type Prefix } from '@vethra/address'
import { parsePrefix, usageError } from '@vethra/cni'

// Addresses that the kernel gives to no interface as those of a neighbour, or that no router passes on
// (IANA special-purpose address registries; RFC 1112 for 255.255.255.255).
const unusable: readonly (readonly [kind: string, prefix: string])[] = [
  ['unspecified', '0.0.0.0/8'],
  ['loopback', '127.0.0.0/8'],
  ['link-local', '169.254.0.0/16'],
  ['multicast', '224.0.0.0/4'],
  ['broadcast', '255.255.255.255/32'],
  ['unspecified', '::/128'],
  ['loopback', '::1/128'],
  ['link-local', 'fe80::/10'],
  ['multicast', 'ff00::/8'],
]

/** Throws CniError 103 when a subnet holds addresses that no container can have: multicast, loopback and the like. */
export function checkSubnet(subnet: Prefix): void {
  const found = unusable.find(([, prefix]) => overlaps(parsePrefix('prefix', prefix), subnet))
  if (!found) return
  const [kind, prefix] = found
  throw usageError(
    `subnet ${formatPrefix(subnet)} holds ${kind} addresses (${prefix})`,
    'Give a subnet of unicast addresses like 10.20.0.0/24 or fd00:20::/64.',
  )
}
