import { confError, isObject, type Json, type JsonObject } from '@vethra/cni'
import type { PortVlans } from '@vethra/state'
import { arrayOf, booleanOf, hasKey, invalidKey, numberOf } from './read-conf.ts'
import { words } from './words.ts'

/** The VLANs of a bridge's port by `vlan`, `vlanTrunk`, `preserveDefaultVlan`; undefined for none. Throws CniError 7 in Go's words. */
export function portVlansOf(conf: JsonObject): PortVlans | undefined {
  const vlan = numberOf(conf, 'vlan') ?? 0
  if (vlan < 0 || vlan > 4094) throw confError(words.invalidVlan(vlan))
  const trunk = arrayOf(conf, 'vlanTrunk')
  const tagged = [...new Set(trunk.flatMap(idsOf))].sort((one, other) => one - other)
  if (vlan === 0 && !hasKey(conf, 'vlanTrunk')) return undefined
  // A trunk of none has the bridge filter, and its port is as the kernel makes it.
  if (vlan === 0 && tagged.length === 0) return { tagged, keepsDefault: true }
  const keepsDefault = booleanOf(conf, 'preserveDefaultVlan')
  // A trunk alone leaves frames without a tag in VLAN 1.
  const untagged = vlan === 0 ? (keepsDefault ? undefined : 1) : vlan
  return { tagged, keepsDefault, ...(untagged === undefined ? {} : { untagged }) }
}

const trunkKeys = ['minID', 'maxID', 'id'] as const

function idsOf(value: Json): readonly number[] {
  if (!isObject(value)) throw invalidKey('vlanTrunk', value, 'each must be an object')
  const [least, most, id] = trunkKeys.map((key) => {
    const number = numberOf(value, key)
    if (number === undefined || (number >= 1 && number <= 4094)) return number
    throw confError(words.invalidTrunk(key))
  })
  const range = rangeOf(least, most)
  return id === undefined ? range : [...range, id]
}

function rangeOf(least: number | undefined, most: number | undefined): readonly number[] {
  const missing = (key: 'minID' | 'maxID') => confError(words.trunkWithout(key))
  if (least === undefined && most === undefined) return []
  if (least === undefined) throw missing('minID')
  if (most === undefined) throw missing('maxID')
  if (least > most) throw confError(words.trunkBackwards)
  return Array.from({ length: most - least + 1 }, (_, at) => least + at)
}
