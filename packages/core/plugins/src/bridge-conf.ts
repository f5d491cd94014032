import { confError, isObject, type Json, type JsonObject, present, type Result } from '@vethra/cni'
import type { PortVlans } from '@vethra/state'
import type { PluginRequest } from './plugin.ts'
import {
  arrayOf,
  askedMac,
  booleanOf,
  dnsOf,
  hasKey,
  invalidKey,
  linkNameOf,
  mtuOf,
  numberOf,
  objectOf,
  textOf,
} from './read-conf.ts'
import { words } from './words.ts'

/** The conf of `bridge`, checked. */
export interface BridgeConf {
  readonly bridge: string
  readonly isGateway: boolean
  readonly isDefaultGateway: boolean
  readonly ipMasq: boolean
  readonly hairpin: boolean
  readonly promiscuous: boolean
  readonly isolated: boolean
  /** Whether an address of the bridge that is in the way goes. */
  readonly forceAddress: boolean
  /** Whether the container's frames have its own MAC alone. */
  readonly onlyOwnMac: boolean
  /** Whether the kernel asks first if another has an IPv6 address. */
  readonly asksFirst: boolean
  /** Whether the container's interface stays down. */
  readonly isDown: boolean
  readonly vlans?: PortVlans
  readonly mtu?: number
  readonly mac?: string
  readonly dns?: Result['dns']
  readonly hasIpam: boolean
}

/** Reads the conf of `bridge`. Throws CniError 7 naming key and value. */
export function parseBridgeConf({ conf, attachment }: PluginRequest): BridgeConf {
  const hairpin = booleanOf(conf, 'hairpinMode')
  const promiscuous = booleanOf(conf, 'promiscMode')
  if (hairpin && promiscuous) throw confError(words.hairpinAndPromiscuous)
  const backend = textOf(conf, 'ipMasqBackend')
  if (backend !== undefined && backend !== 'iptables' && backend !== 'nftables')
    throw confError(words.unknownIpMasqBackend(backend))
  const hasIpam = textOf(objectOf(conf, 'ipam') ?? {}, 'type') !== undefined
  const isDown = booleanOf(conf, 'disableContainerInterface')
  if (isDown && hasIpam) throw confError(words.ipamWithoutInterface)
  const vlans = portVlansOf(conf)
  const isDefaultGateway = booleanOf(conf, 'isDefaultGateway')
  return {
    bridge: linkNameOf(conf, 'bridge') ?? 'cni0',
    isGateway: booleanOf(conf, 'isGateway') || isDefaultGateway,
    isDefaultGateway,
    ipMasq: booleanOf(conf, 'ipMasq'),
    hairpin,
    promiscuous,
    isolated: booleanOf(conf, 'portIsolation'),
    forceAddress: booleanOf(conf, 'forceAddress'),
    onlyOwnMac: booleanOf(conf, 'macspoofchk'),
    asksFirst: booleanOf(conf, 'enabledad'),
    isDown,
    ...present({ vlans, mtu: mtuOf(conf), mac: askedMac(conf, attachment.cniArgs) }),
    ...present({ dns: dnsOf(conf) }),
    hasIpam,
  }
}

// The VLANs of a bridge's port by `vlan`, `vlanTrunk`, `preserveDefaultVlan`; undefined for none. Throws CniError 7
// in Go's words.
function portVlansOf(conf: JsonObject): PortVlans | undefined {
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
