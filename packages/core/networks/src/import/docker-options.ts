import { confError } from '@vethra/cni'
import type { Driver } from '../options.ts'
import { type Lost, lostOptions } from './foreign-network.ts'

/** The options of `network create -o` that are equal to those of another program, and the rest. */
export interface ReadOptions {
  readonly options: Readonly<Record<string, string>>
  readonly lost: readonly Lost[]
}

const mtu = { 'com.docker.network.driver.mtu': 'mtu' }

const equals: Readonly<Record<Driver, Readonly<Record<string, string>>>> = {
  bridge: {
    ...mtu,
    'com.docker.network.bridge.enable_icc': 'icc',
    'com.docker.network.bridge.enable_ip_masquerade': 'ip-masq',
  },
  macvlan: { ...mtu, parent: 'parent', macvlan_mode: 'mode' },
  ipvlan: { ...mtu, parent: 'parent', ipvlan_mode: 'mode' },
}

// Values with the meaning that Vethra's networks have anyway.
const usual: Readonly<Record<string, readonly string[]>> = {
  'com.docker.network.bridge.default_bridge': ['false'],
  'com.docker.network.bridge.gateway_mode_ipv4': ['', 'nat'],
  'com.docker.network.bridge.gateway_mode_ipv6': ['', 'nat'],
  'com.docker.network.bridge.host_binding_ipv4': ['', '0.0.0.0'],
  'com.docker.network.bridge.inhibit_ipv4': ['false'],
  'com.docker.network.container_iface_prefix': ['eth'],
  'com.docker.network.enable_ipv4': ['true'],
  'com.docker.network.enable_ipv6': ['true', 'false'],
  ipvlan_flag: ['', 'bridge'],
}

const reasons: Readonly<Record<string, string>> = {
  'com.docker.network.bridge.name': 'Vethra chooses the name of the bridge',
  'com.docker.network.bridge.host_binding_ipv4':
    'ports go to all addresses of the host unless -p names one: -p ADDRESS:8080:80',
  'com.docker.network.bridge.gateway_mode_ipv4':
    'networks have the mode "nat"; use -o ip-masq=false for "routed", and --internal for "isolated"',
  'com.docker.network.bridge.gateway_mode_ipv6':
    'networks have the mode "nat"; use -o ip-masq=false for "routed", and --internal for "isolated"',
  'com.docker.network.bridge.inhibit_ipv4': 'a bridge has the address of the gateway',
  'com.docker.network.bridge.trusted_host_interfaces':
    'containers are reached by published ports alone, from every interface',
  'com.docker.network.container_iface_prefix': 'interfaces are called eth0, eth1, …',
}

/** A Docker network's driver options. Throws CniError 7 for a lost ipvlan flag, or a macvlan or ipvlan without a parent. */
export function readDockerOptions(
  driver: Driver,
  given: Readonly<Record<string, string>>,
): ReadOptions {
  const entries = Object.entries(given)
  const equalOf = (key: string) =>
    Object.hasOwn(equals[driver], key) ? equals[driver][key] : undefined
  const options = entries.flatMap(([key, value]) => {
    const equal = equalOf(key)
    return equal === undefined || value === '' ? [] : [[equal, value] as const]
  })
  const others = entries.filter(([key, value]) => {
    return equalOf(key) === undefined && !(Object.hasOwn(usual, key) && usual[key]?.includes(value))
  })
  checkOpen(driver, Object.fromEntries(options), others)
  return { options: Object.fromEntries(options), lost: lostOptions('Options', others, reasons) }
}

function checkOpen(
  driver: Driver,
  options: Readonly<Record<string, string>>,
  others: readonly (readonly [string, string])[],
): void {
  if (driver !== 'bridge' && options['parent'] === undefined) {
    throw confError(
      `a ${driver} without a parent has no equal: it is on no interface of the host`,
      'Make a network of driver bridge with --internal in its place.',
    )
  }
  const flag = others.find(([key]) => key === 'ipvlan_flag')
  if (flag) throw confError(`ipvlan_flag ${JSON.stringify(flag[1])} has no equal`)
}
