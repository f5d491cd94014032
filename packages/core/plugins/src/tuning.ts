import { confError, type Json, type JsonObject, present } from '@vethra/cni'
import type { LinkSettings, Resource } from '@vethra/state'
import { owned, ownerOf } from './owned.ts'
import type { PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { needsPrevious } from './previous.ts'
import {
  askedMac,
  booleanOf,
  hasKey,
  integerOf,
  invalidKey,
  mtuOf,
  objectOf,
  plainMac,
  textOf,
} from './read-conf.ts'
import { words } from './words.ts'

/** The conf of `tuning`, checked. */
export interface TuningConf {
  /** Below /proc/sys, `net/ipv4/…`, and its value. */
  readonly sysctls: readonly (readonly [key: string, value: string])[]
  readonly settings: Omit<LinkSettings, 'kind' | 'place' | 'link'>
}

/** The plugin `tuning`: settings of the container's interface and of its namespace. */
export const tuning: Plugin<TuningConf> = {
  type: 'tuning',
  chained: words.noPrevious,
  keys: ['sysctl', 'mac', 'mtu', 'promisc', 'allmulti', 'txQLen'],
  parse,
  plan,
  // Settings stay, or go with the namespace.
  removal: () => [],
}

// Of a key given more than once counts CNI_ARGS after the conf, then runtimeConfig, then args (reference plugins, tuning).
function parse({ conf, attachment }: PluginRequest): TuningConf {
  const { ifname, cniArgs } = attachment
  const args = objectOf(objectOf(conf, 'args') ?? {}, 'cni') ?? {}
  const merged = { ...lowerKeys(conf), ...lowerKeys(args) }
  const mac = macOf(textOf(args, 'mac') ?? askedMac(conf, cniArgs) ?? textOf(conf, 'mac'))
  const mtu = mtuOf(merged)
  const queue = integerOf(merged, 'txQLen', [0, 2 ** 31 - 1])
  const sysctls = { ...objectOf(conf, 'sysctl'), ...objectOf(args, 'sysctl') }
  return {
    sysctls: Object.entries(sysctls).map(([key, value]) => [
      keyOf(key, ifname),
      sysctlValue(key, value),
    ]),
    settings: {
      ...present({ mac, mtu, transmitQueueLength: queue }),
      ...(booleanOf(merged, 'promisc') ? { promiscuous: true } : {}),
      ...(hasKey(merged, 'allmulti') ? { allMulticast: booleanOf(merged, 'allmulti') } : {}),
    },
  }
}

function lowerKeys(conf: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(conf).map(([key, value]) => [key.toLowerCase(), value] as const),
  )
}

function macOf(text: string | undefined): string | undefined {
  const mac = text === undefined ? undefined : plainMac(text)
  if (mac === undefined || /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) return mac
  throw invalidKey('mac', text, 'it must be a MAC like 02:42:ac:11:00:02')
}

// Dots are slashes, of which several are one, and IFNAME is the interface (reference plugins, tuning). No way leads out of net/.
function keyOf(key: string, ifname: string): string {
  const parts = key.split(/[./]+/).filter((part) => part !== '')
  const path = parts.join('/').replace('IFNAME', ifname)
  if (parts[0] === 'net' && parts.length > 1) return path
  throw confError(words.invalidSysctl(key))
}

function sysctlValue(key: string, value: Json): string {
  if (typeof value === 'string') return value
  throw invalidKey(`sysctl ${key}`, value, 'it must be a text')
}

function plan(
  { sysctls, settings }: TuningConf,
  { request, previous, removing }: PlanInput,
): Planned {
  const before = needsPrevious('tuning', { previous, request, removing })
  const { ifname } = request.attachment
  const resources: readonly Resource[] = [
    ...sysctls.map(([key, value]) => ({ kind: 'sysctl', place: 'container', key, value }) as const),
    ...(Object.keys(settings).length > 0
      ? [{ kind: 'link settings', place: 'container', link: ifname, ...settings } as const]
      : []),
  ]
  const { mac } = settings
  const interfaces = before.interfaces.map((each) =>
    mac !== undefined && each.name === ifname ? { ...each, mac } : each,
  )
  return { resources: owned(ownerOf(request), resources), result: { ...before, interfaces } }
}
