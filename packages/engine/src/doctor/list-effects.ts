import { type ConfList, goField, type Json, type PluginConf } from '@vethra/cni'
import type { DesiredBridge } from '@vethra/findings'
import type { Isolation } from '@vethra/firewall'

/** The effects on the host of attaching by a conf list, the same for every container. */
export interface ListEffects {
  /** The bridge; absent for other kinds of network. */
  readonly bridge?: Omit<DesiredBridge, 'mac'>
  /** Whether an interface of the host leads to each container. */
  readonly linked: boolean
  readonly routed: boolean
  /** By iptables. */
  readonly masqueraded: boolean
  /** By nftables, in a table of the plugins. */
  readonly masqueradedByNft: boolean
  readonly admitted: boolean
  readonly isolation: Isolation
  readonly publishes: boolean
  /** Whether published ports answer at 127.0.0.1 of the host. */
  readonly answersLocally: boolean
  /** Whether firewall rules are made. */
  readonly filtered: boolean
  /** The folder that reservations are in a folder of; absent without host-local. */
  readonly dataDir?: string
}

/** Reads what the plugins of a list bring about. The effects of an unknown plugin are unknown. */
export function effectsOf({ plugins }: Pick<ConfList, 'plugins'>): ListEffects {
  const main = plugins.find(({ type }) => type === 'bridge' || type === 'ptp')
  const firewall = plugins.find(({ type }) => type === 'firewall')
  const portmap = plugins.find(({ type }) => type === 'portmap')
  const isLimiting = plugins.some(({ type }) => type === 'bandwidth')
  const store = plugins.find(({ ipamType }) => ipamType === 'host-local')
  const [own, policy] = [fieldsOf(main), fieldsOf(firewall)]
  const admitted = firewall !== undefined && policy('backend') !== 'firewalld'
  const ingress = policy('ingressPolicy')
  const isOwn = (key: string) => own(key) === true
  const routed = main?.type === 'ptp' || isOwn('isGateway') || isOwn('isDefaultGateway')
  // What is made by nft is in tables of its own.
  const byNft = own('ipMasqBackend') === 'nftables'
  const dataDir = goField(fieldsOf(store)('ipam'), 'dataDir')
  return {
    ...(main?.type === 'bridge'
      ? { bridge: { ...bridgeOf(own, routed), ...(isLimiting ? { shapes: true } : {}) } }
      : {}),
    linked: main !== undefined,
    routed,
    masqueraded: isOwn('ipMasq') && !byNft,
    masqueradedByNft: isOwn('ipMasq') && byNft,
    admitted,
    isolation: admitted && (ingress === 'same-bridge' || ingress === 'isolated') ? ingress : 'none',
    publishes: portmap !== undefined && fieldsOf(portmap)('backend') !== 'nftables',
    answersLocally: portmap !== undefined && fieldsOf(portmap)('snat') !== false,
    filtered: isOwn('ipMasq') || firewall !== undefined || portmap !== undefined,
    ...(store ? { dataDir: textOf(dataDir) || '/var/lib/cni/networks' } : {}),
  }
}

type Fields = (key: string) => Json | undefined

function fieldsOf(plugin: PluginConf | undefined): Fields {
  const json: Json | undefined = plugin && JSON.parse(plugin.text)
  return (key) => goField(json, key)
}

function bridgeOf(field: Fields, routed: boolean): NonNullable<ListEffects['bridge']> {
  const [mtu, vlan] = [field('mtu'), field('vlan')]
  return {
    name: textOf(field('bridge')) || 'cni0',
    ...(typeof mtu === 'number' && mtu > 0 ? { mtu } : {}),
    // With a VLAN the gateway is on another interface, which is not looked at.
    routed: routed && !(typeof vlan === 'number' && vlan > 0),
    port: {
      hairpin: field('hairpinMode') === true,
      isolated: field('portIsolation') === true,
      ...(field('macspoofchk') === true ? {} : { open: true }),
    },
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
