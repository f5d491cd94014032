import type { ConfList, Json, JsonObject } from '@vethra/cni'
import type { FeatureName } from '@vethra/state'
import { bandwidth } from './bandwidth.ts'
import { bridge } from './bridge.ts'
import { dummy } from './dummy.ts'
import { firewall } from './firewall.ts'
import { hostDevice } from './host-device.ts'
import { hostLocal } from './host-local.ts'
import { loopback } from './loopback.ts'
import type { IpamPlugin, LinkKind, Plugin } from './plugin.ts'
import { portmap } from './portmap.ts'
import { ptp } from './ptp.ts'
import { objectOf, textOf } from './read-conf.ts'
import { sbr } from './sbr.ts'
import { staticAddresses } from './static.ts'
import { tuning } from './tuning.ts'
import { ipvlan, macvlan, vlan } from './upper.ts'
import { vrf } from './vrf.ts'

// biome-ignore lint/suspicious/noExplicitAny: each planner has a conf of its own, which it alone reads.
type AnyPlugin = Plugin<any>
// biome-ignore lint/suspicious/noExplicitAny: as above.
type AnyIpamPlugin = IpamPlugin<any>

const plugins: readonly AnyPlugin[] = [
  bridge,
  ptp,
  macvlan,
  ipvlan,
  vlan,
  loopback,
  portmap,
  firewall,
  tuning,
  bandwidth,
  dummy,
  hostDevice,
  sbr,
  vrf,
]
const ipamPlugins: readonly AnyIpamPlugin[] = [hostLocal, staticAddresses]

/** The types of the plugins that are built in, IPAM plugins aside. */
export const pluginTypes: readonly string[] = plugins.map(({ type }) => type)

/** The planner of a plugin; undefined for a type that runs as a program alone. */
export function plannerOf(type: string): AnyPlugin | undefined {
  return plugins.find((each) => each.type === type)
}

/** Whether a plugin that is built in adjusts the interface that another one makes. */
export function isChained(type: string): boolean {
  return plannerOf(type)?.chained !== undefined
}

// A program that networks of ours may have.
const tap = { makes: 'tun', features: ['TUN'] } as const

/** The kind of interface that a plugin makes in a container; undefined for none, for any, and for a type that is not known. */
export function linkKindOf(type: string): LinkKind | undefined {
  return type === 'tap' ? tap.makes : plannerOf(type)?.makes
}

/** The features of the kernel that a plugin of a type cannot do without; none for a type that is not known. */
export function pluginFeatures(type: string): readonly FeatureName[] {
  return (type === 'tap' ? tap.features : plannerOf(type)?.features) ?? []
}

/** The planner of an IPAM plugin; undefined for a type that runs as a program alone. */
export function ipamPlannerOf(type: string): AnyIpamPlugin | undefined {
  return ipamPlugins.find((each) => each.type === type)
}

// SPEC 1.1.0, section 3: what every plugin may be sent.
const common = ['type', 'name', 'cniversion', 'capabilities', 'runtimeconfig', 'args', 'prevresult']

/** Why a plugin is a program: unknown type, key or value, or an IPAM plugin that is needed first. Undefined where it is planned here. */
export function whyProgram(conf: JsonObject): string | undefined {
  const type = textOf(conf, 'type') ?? ''
  const planner = plannerOf(type)
  if (planner === undefined) return `plugin ${type} is not built in`
  if (planner.alone) return `plugin ${type} runs as a program`
  const key = unknownKey(conf, [...common, ...planner.keys], planner.fixed)
  if (key !== undefined) return `plugin ${type} does not know ${key} in this process`
  return planner.linkFirst ? undefined : whyIpamProgram(conf)
}

/** Why the IPAM plugin of a conf runs as a program; undefined where it is planned here, and without one. */
export function whyIpamProgram(conf: JsonObject): string | undefined {
  const ipam = objectOf(conf, 'ipam')
  const ipamType = ipam && textOf(ipam, 'type')
  return ipam === undefined || ipamType === undefined ? undefined : whyForeign(ipamType, ipam)
}

function whyForeign(type: string, ipam: JsonObject): string | undefined {
  const planner = ipamPlannerOf(type)
  if (planner === undefined) return `IPAM plugin ${type} is not built in`
  const key = unknownKey(ipam, ['type', ...planner.keys], {})
  return key === undefined ? undefined : `IPAM plugin ${type} does not know ${key} in this process`
}

function unknownKey(
  conf: JsonObject,
  known: readonly string[],
  fixed: Readonly<Record<string, Json>> = {},
): string | undefined {
  const names = new Set(known.map((key) => key.toLowerCase()))
  const allowed = Object.entries(fixed).map(([key, value]) => [key.toLowerCase(), value])
  const pairs = new Set(allowed.map((pair) => JSON.stringify(pair)))
  return Object.keys(conf).find((key) => {
    const lower = key.toLowerCase()
    return !names.has(lower) && !pairs.has(JSON.stringify([lower, conf[key]]))
  })
}

/** The features of the kernel that attaching to a network takes, each once, in the order of its plugins. */
export function networkFeatures({ plugins }: Pick<ConfList, 'plugins'>): readonly FeatureName[] {
  return [...new Set(plugins.flatMap(({ type }) => pluginFeatures(type)))]
}
