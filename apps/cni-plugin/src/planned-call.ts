import {
  goField,
  isObject,
  type Json,
  type JsonObject,
  orElse,
  type PluginCall,
  present,
  type Result,
  readResult,
} from '@vethra/cni'
import type { Stage } from '@vethra/engine'
import { readCniArgs } from '@vethra/ipam'
import { ipamPlannerOf, isChained, type PluginRequest } from '@vethra/plugins'
import type { PluginHost, Request } from './plugin.ts'
import { previousResult } from './previous-result.ts'

/** A call of a plugin that is planned, with all that its stage needs. */
export interface PlannedCall {
  readonly type: string
  readonly host: PluginHost
  readonly request: Request
}

/** The stage of a call. Throws CniError for a previous result that cannot be read. */
export function stageOf(
  { type, host, request }: PlannedCall,
  operation: PluginCall['operation'],
): Stage {
  const { containerId, netns, ifname, network, cniVersion } = request
  const cniArgs = pairsOf(request.args)
  const conf = { ...ownConf(type, request.conf), type }
  const ipamType = ipamTypeOf(conf)
  const isProgram =
    ipamType !== undefined && (ipamPlannerOf(ipamType) === undefined || host.isProgram(ipamType))
  const attachment = { containerId, netns, ifname, cniArgs, capabilityArgs: {} }
  const planned: PluginRequest = {
    ...{ network, cniVersion, conf, attachment, called: true },
    ...(isProgram ? { ipam: 'exec' as const } : {}),
  }
  const call = {
    operation,
    containerId,
    netns,
    ifname,
    cniArgs,
    stdin: request.text,
  }
  const previous = hasPrevious(request) ? previousResult(request) : undefined
  return {
    requests: [planned],
    ...present({ previous, ipam: isProgram ? { ...call, type: ipamType } : undefined }),
  }
}

/** Whether a call came with the result of a plugin, or of an ADD. */
export function hasPrevious({ conf }: Request): boolean {
  return (goField(conf, 'prevResult') ?? null) !== null
}

/** The type of the IPAM plugin in a conf; undefined where there is none. */
export function ipamTypeOf(conf: JsonObject): string | undefined {
  const ipam = goField(conf, 'ipam')
  const type = isObject(ipam) ? goField(ipam, 'type') : undefined
  return typeof type === 'string' && type !== '' ? type : undefined
}

const readers: readonly string[] = ['bridge', 'macvlan', 'tuning']

/** Throws CniError 7 for `CNI_ARGS` that the plugin refuses, in the words of Go's types.LoadArgs. */
export function checkArgs({ type, request }: PlannedCall): void {
  if (readers.includes(type)) readCniArgs(request.args, { MAC: () => undefined })
}

function pairsOf(args: string): readonly (readonly [string, string])[] {
  return args === '' ? [] : args.split(';').map((pair) => pairOf(pair))
}

function pairOf(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
}

// Plugins that make no interface ask no IPAM plugin, whatever their conf says.
function ownConf(type: string, conf: JsonObject): JsonObject {
  const left = isChained(type) || type === 'loopback' ? ['type', 'ipam'] : ['type']
  const entries: readonly (readonly [string, Json | undefined])[] = Object.entries(conf)
  return Object.fromEntries(
    entries.filter(([key]) => !left.includes(key.toLowerCase())),
  ) as JsonObject
}

/** `prevResult` of a call, where it can be read: what is damaged must not block a DEL. */
export function readablePrevious({ conf, cniVersion }: Request): Result | undefined {
  const value = goField(conf, 'prevResult') ?? null
  return value === null ? undefined : orElse(() => readResult(value, cniVersion), undefined)
}

/** Whether the conf of a call masquerades by nftables. */
export function isByNft({ request }: PlannedCall): boolean {
  return goField(request.conf, 'ipMasqBackend') === 'nftables'
}
