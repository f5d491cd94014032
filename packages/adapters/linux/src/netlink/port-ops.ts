import { present } from '@vethra/cni'
import type { RouteOp } from '@vethra/netlink'
import type { BridgePort, PortVlans } from '@vethra/state'
import type { Lookup } from './placed-ops.ts'

/** The operations that have a bridge treat one of its ports as it should. */
export function portOps(
  { link: name, hairpin, isolated, onlyMac, vlans }: BridgePort,
  lookup: Lookup,
): readonly RouteOp[] {
  const values = present({ hairpin, isolated })
  const set = { kind: 'set port', link: { name }, ...values } as const
  if (onlyMac === undefined && vlans === undefined) return [set]
  const index = lookup.index('host', name)
  const known: readonly RouteOp[] =
    onlyMac === undefined ? [] : [{ kind: 'add forwarding', index, mac: onlyMac }]
  const locked = onlyMac === undefined ? {} : { locked: true, learning: false }
  return [...known, { ...set, ...locked }, ...(vlans ? vlanOps(index, vlans) : [])]
}

// The kernel gives each port VLAN 1.
function vlanOps(index: number, { untagged, tagged, keepsDefault }: PortVlans): readonly RouteOp[] {
  const added = [
    ...(untagged === undefined ? [] : [{ id: untagged, untagged: true }]),
    ...tagged.map((id) => ({ id })),
  ]
  return [
    ...(keepsDefault ? [] : [{ kind: 'delete vlans', index, vlans: [{ id: 1 }] } as const]),
    ...(added.length === 0 ? [] : [{ kind: 'add vlans', index, vlans: added } as const]),
  ]
}
