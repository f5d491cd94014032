import { confError, type Result } from '@vethra/cni'
import type { Admit, Owned } from '@vethra/state'
import { hostEndName } from './names.ts'
import { ownerOf } from './owned.ts'
import type { PlanInput, PluginRequest } from './plugin.ts'
import { hostPrefix, ipOf } from './subnets.ts'

type WithPrevious = {
  readonly [K in 'request' | 'previous' | 'removing']: PlanInput[K] | undefined
} & Pick<PlanInput, 'request'>

/** The previous result; an empty one for a removal of which nothing is known. Throws CniError 7 for a chained plugin that comes first. */
export function needsPrevious(type: string, { previous, request, removing }: WithPrevious): Result {
  if (previous) return previous
  if (removing)
    return { cniVersion: request.cniVersion, interfaces: [], ips: [], routes: [], dns: {} }
  throw confError(
    `plugin ${type} needs the result of a plugin before it`,
    `Put ${type} behind the plugin that makes the interface.`,
  )
}

/** The interface of the host that leads to the container: the bridge, or the host's end of its veth. */
export function hostInterfaceOf(result: Result): string | undefined {
  return hostSide(result)[0]
}

/** The host's end of the container's veth: a bridge's port, or what ends on the host itself. */
export function hostEndOf(result: Result): string | undefined {
  return hostSide(result).at(-1)
}

// Those of the host come before the container's; what later plugins of a chain add comes behind it.
function hostSide({ interfaces }: Result): readonly string[] {
  const inside = interfaces.findIndex(({ sandbox }) => Boolean(sandbox))
  return interfaces.slice(0, inside < 0 ? interfaces.length : inside).map(({ name }) => name)
}

/** The veth of an attachment: its names and MACs. */
export interface Veth {
  readonly hostName: string
  readonly hostMac: string
  /** That of the container's end. */
  readonly mac: string
  /** Present where another plugin made it. */
  readonly unmarked?: true
}

// The kernel gives a bridge that another made the lowest MAC of its ports. This one is above those of network cards and the
// same for all containers, so that none that comes or goes changes the MAC by which neighbours and containers know the bridge.
const hostMac = 'fe:ff:ff:ff:ff:ff'

/** The veth that an attachment has, or is to have with this MAC inside. */
export function vethOf({ request, made }: PlanInput, mac: string): Veth {
  const known = madeVeth(made, request)
  if (known) return known
  const { network, attachment } = request
  const { containerId, ifname } = attachment
  return { hostName: hostEndName(network, containerId, ifname), hostMac, mac }
}

/** Whether the veth of a result is ours: its host's end is named by a hash of the attachment. Undefined without such an end. */
export function isOwnVeth(
  result: Result,
  { network, attachment: { containerId, ifname } }: PluginRequest,
): boolean | undefined {
  const hostEnd = hostEndOf(result)
  return hostEnd === undefined ? undefined : hostEnd === hostEndName(network, containerId, ifname)
}

// By whomever it was made.
function madeVeth(made: Result | undefined, request: PluginRequest): Veth | undefined {
  const { ifname } = request.attachment
  const host = made?.interfaces.filter(({ sandbox }) => !sandbox) ?? []
  const hostEnd = host.find(({ name }) => name === (made && hostEndOf(made)))
  const inside = made?.interfaces.find(({ name, sandbox }) => name === ifname && Boolean(sandbox))
  if (!hostEnd?.mac || !inside?.mac) return undefined
  return {
    hostName: hostEnd.name,
    hostMac: hostEnd.mac.toLowerCase(),
    mac: inside.mac.toLowerCase(),
    ...(made !== undefined && isOwnVeth(made, request) === false ? { unmarked: true } : {}),
  }
}

/** The admission of what leads to the container: the network's for a bridge, the attachment's for a veth; undefined without either. `others`: what other firewalls are to do with it. */
export function admissionOf(
  result: Result,
  request: PluginRequest,
  others: Pick<Admit, 'zone' | 'adminChain'> = {},
): Owned | undefined {
  const [link, port] = hostSide(result)
  if (link === undefined) return undefined
  const ips = result.ips.flatMap((ip) => ipOf(ip) ?? [])
  const subnets = ips.map((ip) => (port ? ip.subnet : hostPrefix(ip)))
  return {
    owner: port ? { kind: 'network', network: request.network } : ownerOf(request),
    resource: { kind: 'admit', bridge: link, subnets: [...new Set(subnets)], ...others },
  }
}
