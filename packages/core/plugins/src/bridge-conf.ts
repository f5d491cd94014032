import { confError, present, type Result } from '@vethra/cni'
import type { PortVlans } from '@vethra/state'
import { portVlansOf } from './bridge-vlans.ts'
import type { PluginRequest } from './plugin.ts'
import { askedMac, booleanOf, dnsOf, linkNameOf, mtuOf, objectOf, textOf } from './read-conf.ts'
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
