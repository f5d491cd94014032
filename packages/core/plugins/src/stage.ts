import { confError, present, type Result, type ResultIp } from '@vethra/cni'
import { keyOf, type Owned } from '@vethra/state'
import { behindOthers } from './behind-others.ts'
import type {
  AddressClaim,
  Addresses,
  Facts,
  Holding,
  Planned,
  PluginRequest,
  WantedFacts,
} from './plugin.ts'
import { objectOf, textOf } from './read-conf.ts'
import { ipamPlannerOf, plannerOf, pluginTypes } from './registry.ts'

/** The claims of a stretch of planned plugins, the facts that it asks for, and its plan once both are known. */
export interface StageNeeds {
  readonly claim?: AddressClaim
  /** Absent where no plugin asks for any. */
  readonly wants?: WantedFacts
  /** As `planStage`, of the confs that have been read. */
  readonly plan: (input: StageInput) => Planned
}

/** The claims and facts that come before a plan, given the stage before's result. Throws CniError 7 for a refused conf. */
export function stageNeeds(requests: readonly PluginRequest[], previous?: Result): StageNeeds {
  const stage = readStage(requests)
  const wants = stage.flatMap(
    ({ planner, conf, request }) => planner.wants?.(conf, request, previous) ?? [],
  )
  const [claim] = stage.flatMap(
    ({ ipam, request }) => ipam?.planner.claim(ipam.conf, request) ?? [],
  )
  return {
    ...(claim ? { claim } : {}),
    ...(wants.length > 0 ? { wants: together(wants) } : {}),
    plan: (input) => planRead(stage, input),
  }
}

function together(wants: readonly WantedFacts[]): WantedFacts {
  return {
    links: wants.flatMap(({ links = [] }) => links),
    inside: wants.flatMap(({ inside = [] }) => inside),
    tables: wants.some(({ tables }) => tables === true),
    routes: wants.some(({ routes }) => routes === true),
    ...present({
      defaultRoute: wants.find((each) => each.defaultRoute)?.defaultRoute,
      device: wants.find((each) => each.device)?.device,
    }),
  }
}

/** Where addresses of a stretch are reserved; undefined for nowhere. Throws CniError 7 for a folder that cannot be. */
export function stageHolding(requests: readonly PluginRequest[]): Holding | undefined {
  return requests.map((request) => ipamFor(request)?.holding(request)).find(Boolean)
}

/** The input of a stretch, beside its requests. */
export interface StageInput {
  /** The result of the stage before. */
  readonly previous?: Result
  /** The addresses that were reserved, in the order of the claim's sets. */
  readonly granted: readonly ResultIp[]
  /** `dns` of the file that the claim names. */
  readonly dns?: Addresses['dns']
  /** The answer of the first plugin's IPAM plugin, where that is a program. */
  readonly answer?: Addresses
  readonly facts: Facts
}

/** The remains of a stretch that was planned before. */
export interface FormerInput {
  /** The final result of ADD; absent when it is lost. */
  readonly result?: Result
  readonly facts: Facts
  /** Whether all should be as ADD left it, for CHECK. Default: it is to be removed. */
  readonly checks?: boolean
  /** Whether what goes with the attachment's interface, or stays, may be left out, for DEL. Default false. */
  readonly removedAlone?: boolean
}

/**
 * The resources of a stretch that ADD made, by its result, which has the addresses. Without the result, as far as
 * the requests alone tell: what the container was given, by its name; its ports.
 */
export function planFormer(
  requests: readonly PluginRequest[],
  { result, facts, checks = false, removedAlone = false }: FormerInput,
): readonly Owned[] {
  const addresses = result && { ips: result.ips, routes: result.routes, dns: result.dns }
  const resources = requests.flatMap((request) => {
    const planner = plannerFor(request)
    const hasIpam = objectOf(request.conf, 'ipam') !== undefined
    const conf = planner.parse(request)
    const input = {
      request,
      facts,
      removing: true,
      ...(result && checks ? { made: result } : {}),
      ...(result && !hasIpam ? { previous: result } : {}),
      ...(addresses && hasIpam ? { addresses } : {}),
    }
    const alone = removedAlone ? planner.removal?.(conf, input) : undefined
    const planned = alone ?? planner.plan(conf, input).resources
    return checks ? planned.map((each) => asLeft(each, request)) : planned
  })
  return merged(resources)
}

// A plugin behind may have tuned an interface, isolated its port (firewall), or given its routes a table of their own (sbr, vrf),
// and what another made has the address mode that it chose. The kernel makes the route to a subnet with the address.
function asLeft({ owner, resource }: Owned, { called }: PluginRequest): Owned {
  if (resource.kind === 'address') return { owner, resource: { ...resource, needsRoute: true } }
  if (resource.kind === 'route')
    return { owner, resource: { ...resource, anyTable: resource.table === undefined } }
  if (resource.kind === 'bridge port' && called && !resource.isolated) {
    const { isolated: _, ...rest } = resource
    return { owner, resource: rest }
  }
  if (resource.kind !== 'link') return { owner, resource }
  const { mtu: _, linkLocal: __, ...rest } = resource
  return { owner, resource: rest }
}

/** Plans a stretch: each plugin from the result of the one before it. Resources of one key are one. */
export function planStage(requests: readonly PluginRequest[], input: StageInput): Planned {
  return planRead(readStage(requests), input)
}

/** A request, its conf as its planner reads it, and that of its IPAM plugin. */
interface ReadRequest {
  readonly request: PluginRequest
  readonly planner: ReturnType<typeof plannerFor>
  readonly conf: unknown
  readonly ipam?: {
    readonly planner: NonNullable<ReturnType<typeof ipamFor>>
    readonly conf: unknown
  }
}

// Confs of plugins are refused before those of IPAM plugins.
function readStage(requests: readonly PluginRequest[]): readonly ReadRequest[] {
  const read = requests.map((request) => {
    const planner = plannerFor(request)
    return { request, planner, conf: planner.parse(request) }
  })
  return read.map((each) => {
    const planner = ipamFor(each.request)
    return planner ? { ...each, ipam: { planner, conf: planner.parse(each.request) } } : each
  })
}

function planRead(stage: readonly ReadRequest[], input: StageInput): Planned {
  let previous = input.previous
  const resources: Owned[] = []
  const removes: Owned[] = []
  let again = false
  const publishes = stage.some(({ request }) => publishesPorts(request))
  for (const each of stage) {
    const { request, planner, conf } = each
    const addresses = addressesFor(each, input, publishes)
    const planned = planner.plan(conf, {
      request,
      facts: input.facts,
      earlier: resources,
      publishes,
      ...present({ previous, addresses }),
    })
    demandFirst(request, { resources, planned })
    resources.push(...planned.resources)
    removes.push(...(planned.removes ?? []))
    again ||= planned.again === true
    previous = planned.result
  }
  if (previous === undefined) throw confError('a stage has no plugin')
  return { resources: merged(resources), result: previous, removes, again }
}

interface Made {
  readonly resources: readonly Owned[]
  readonly planned: Planned
}

function demandFirst({ conf, attachment }: PluginRequest, { resources, planned }: Made): void {
  const isLink = ({ resource }: Owned) => keyOf(resource) === `link container ${attachment.ifname}`
  if (!resources.some(isLink) || !planned.resources.some(isLink)) return
  throw confError(
    `plugin ${textOf(conf, 'type')} makes interface ${attachment.ifname} a second time`,
    'Leave one plugin in the conf list that makes the interface.',
  )
}

function plannerFor({ conf }: PluginRequest) {
  const type = textOf(conf, 'type') ?? ''
  const planner = plannerOf(type)
  if (planner) return planner
  const message = `plugin ${JSON.stringify(type)} is not built in`
  throw confError(message, `Built in are ${pluginTypes.join(', ')}.`)
}

function ipamFor({ conf, ipam }: PluginRequest) {
  if (ipam === 'exec') return undefined
  return ipamPlannerOf(textOf(objectOf(conf, 'ipam') ?? {}, 'type') ?? '')
}

function publishesPorts({ conf }: PluginRequest): boolean {
  const mappings = objectOf(conf, 'runtimeConfig')?.['portMappings']
  return Array.isArray(mappings) && mappings.length > 0
}

function addressesFor(
  { request, ipam }: ReadRequest,
  { granted, dns, answer: foreign }: StageInput,
  publishes: boolean,
): Addresses | undefined {
  const answer = request.ipam ? foreign : ipam?.planner.answer(ipam.conf, granted)
  if (answer === undefined) return undefined
  const routes = behindOthers(answer.routes, { request, publishes })
  return { ...answer, routes, ...(request.ipam ? {} : present({ dns })) }
}

// A later plugin of a chain adds to what an earlier one planned: another subnet, another setting.
function merged(resources: readonly Owned[]): readonly Owned[] {
  const byKey = new Map<string, Owned>()
  for (const each of resources) {
    const key = keyOf(each.resource)
    const before = byKey.get(key) ?? each
    byKey.set(key, { ...before, resource: mergedResource(before.resource, each.resource) })
  }
  return [...byKey.values()]
}

function mergedResource(one: Owned['resource'], other: Owned['resource']): Owned['resource'] {
  // Of two mappings of one port the first counts, as of two rules of iptables.
  if (one.kind === 'publish') return one
  const both = { ...one, ...other } as Owned['resource']
  if (one.kind !== 'admit' || both.kind !== 'admit' || other.kind !== 'admit') return both
  return { ...both, subnets: [...new Set([...one.subnets, ...other.subnets])] }
}
