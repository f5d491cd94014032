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
  /** Whether firewall rules are made. */
  readonly filtered: boolean
  /** The folder that reservations are in a folder of; absent without host-local. */
  readonly dataDir?: string
}

/** Reads what the plugins of a list bring about. The effects of an unknown plugin are unknown. */
export function effectsOf({ plugins }: Pick<ConfList, 'plugins'>): ListEffects {
  const confs = plugins.map(readConf)
  const main = confs.find(({ type }) => type === 'bridge' || type === 'ptp')
  const firewall = confs.find(({ type }) => type === 'firewall')
  const portmap = confs.find(({ type }) => type === 'portmap')
  const store = plugins.findIndex(({ ipamType }) => ipamType === 'host-local')
  // What is made by nft is in tables of its own.
  const visible = (conf: Conf | undefined, key: string) => conf && conf.text(key) !== 'nftables'
  const admitted = firewall !== undefined && firewall.text('backend') !== 'firewalld'
  const routed =
    main?.type === 'ptp' || (main?.is('isGateway') || main?.is('isDefaultGateway')) === true
  const masquerading = main?.is('ipMasq') === true
  return {
    ...(main?.type === 'bridge' ? { bridge: bridgeOf(main, routed) } : {}),
    linked: main !== undefined,
    routed,
    masqueraded: masquerading && visible(main, 'ipMasqBackend') === true,
    masqueradedByNft: masquerading && visible(main, 'ipMasqBackend') === false,
    admitted,
    isolation: admitted ? isolationOf(firewall.text('ingressPolicy')) : 'none',
    publishes: visible(portmap, 'backend') === true,
    filtered: masquerading || firewall !== undefined || portmap !== undefined,
    ...(store === -1 ? {} : { dataDir: dataDirOf(plugins[store]) }),
  }
}

interface Conf {
  readonly type: string
  readonly field: (key: string) => Json | undefined
  readonly text: (key: string) => string | undefined
  readonly is: (key: string) => boolean
}

function readConf({ type, text }: PluginConf): Conf {
  const json: Json = JSON.parse(text)
  const field = (key: string) => goField(json, key)
  return {
    type,
    field,
    text: (key) => {
      const value = field(key)
      return typeof value === 'string' ? value : undefined
    },
    is: (key) => field(key) === true,
  }
}

function bridgeOf(conf: Conf, routed: boolean): NonNullable<ListEffects['bridge']> {
  const mtu = conf.field('mtu')
  const vlan = conf.field('vlan')
  return {
    name: conf.text('bridge') || 'cni0',
    ...(typeof mtu === 'number' && mtu > 0 ? { mtu } : {}),
    // With a VLAN the gateway is on another interface, which is not looked at.
    routed: routed && !(typeof vlan === 'number' && vlan > 0),
    port: { hairpin: conf.is('hairpinMode'), isolated: conf.is('portIsolation') },
  }
}

function isolationOf(policy: string | undefined): Isolation {
  return policy === 'same-bridge' || policy === 'isolated' ? policy : 'none'
}

function dataDirOf(plugin: PluginConf | undefined): string {
  const json: Json = JSON.parse(plugin?.text ?? 'null')
  const dir = goField(goField(json, 'ipam'), 'dataDir')
  return typeof dir === 'string' && dir !== '' ? dir : '/var/lib/cni/networks'
}
