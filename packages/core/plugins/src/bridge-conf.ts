import type { Result } from '@vethra/cni'
import type { PluginRequest } from './plugin.ts'
import {
  askedMac,
  booleanOf,
  dnsOf,
  invalidKey,
  linkNameOf,
  mtuOf,
  objectOf,
  textOf,
} from './read-conf.ts'

/** The conf of `bridge`, checked. */
export interface BridgeConf {
  readonly bridge: string
  readonly isGateway: boolean
  readonly isDefaultGateway: boolean
  readonly ipMasq: boolean
  readonly hairpin: boolean
  readonly promiscuous: boolean
  readonly isolated: boolean
  readonly mtu?: number
  readonly mac?: string
  readonly dns?: Result['dns']
  readonly hasIpam: boolean
}

/** Reads the conf of `bridge`. Throws CniError 7 naming key and value. */
export function parseBridgeConf({ conf, attachment }: PluginRequest): BridgeConf {
  const hairpin = booleanOf(conf, 'hairpinMode')
  const promiscuous = booleanOf(conf, 'promiscMode')
  if (hairpin && promiscuous) {
    throw invalidKey('promiscMode', true, 'a bridge with hairpinMode cannot be promiscuous, too')
  }
  const isDefaultGateway = booleanOf(conf, 'isDefaultGateway')
  const mtu = mtuOf(conf)
  const mac = askedMac(conf, attachment.cniArgs)
  const dns = dnsOf(conf)
  return {
    bridge: linkNameOf(conf, 'bridge') ?? 'cni0',
    isGateway: booleanOf(conf, 'isGateway') || isDefaultGateway,
    isDefaultGateway,
    ipMasq: booleanOf(conf, 'ipMasq'),
    hairpin,
    promiscuous,
    isolated: booleanOf(conf, 'portIsolation'),
    ...(mtu === undefined ? {} : { mtu }),
    ...(mac === undefined ? {} : { mac }),
    ...(dns === undefined ? {} : { dns }),
    hasIpam: textOf(objectOf(conf, 'ipam') ?? {}, 'type') !== undefined,
  }
}
