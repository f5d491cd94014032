import {
  attempt,
  CniError,
  ioError,
  type PluginCall,
  present,
  type Result,
  type ResultIp,
} from '@vethra/cni'
import { isEffect } from '@vethra/firewall'
import { ipOf } from '@vethra/ipam'
import {
  type AddressClaim,
  demandAllowed,
  type Facts,
  type Planned,
  type PluginRequest,
  planFormer,
  setsSysctls,
  stageHolding,
  stageNeeds,
  type WantedFacts,
} from '@vethra/plugins'
import {
  type Change,
  describeChange,
  diff,
  isDue,
  keyOf,
  type Resource,
  removedAlone,
  type State,
} from '@vethra/state'
import type { ApplyOptions, StageWorld } from '@vethra/world'
import { converge, type Outcome } from '../converge.ts'
import { allocate } from './allocate.ts'
import { outcomeOf, together, undoAfter } from './failures.ts'
import { freeSubnets } from './free-subnets.ts'
import { demandFree, whyFull } from './full-sets.ts'
import { askIpam, runIpam } from './ipam-program.ts'

/** A stretch of plugins that are planned in this process, and what came before it. */
export interface Stage {
  readonly requests: readonly PluginRequest[]
  /** ADD: the result of the stage before. DEL and CHECK: what ADD returned in the end; absent when that is lost. */
  readonly previous?: Result
  /** The call of the first plugin's IPAM plugin, where that is a program. */
  readonly ipam?: PluginCall
}

/** The outcome of a stage: its result, or the error of a stage that is undone. */
type StageOutcome = { readonly result: Result } | { readonly error: CniError }

/** ADD of a stage: claims, plans, converges. Throws CniError 7 for a refused conf, before anything is done. */
export async function addStage(
  world: StageWorld,
  { requests, previous, ipam }: Stage,
): Promise<StageOutcome> {
  const { claim, wants, plan } = stageNeeds(requests, previous)
  const tuned = requests.filter(({ conf }) => conf['type'] === 'tuning' && setsSysctls(conf))
  const list = tuned.length === 0 ? undefined : await world.sysctlAllowlist?.()
  for (const { conf } of tuned) demandAllowed(conf, list)
  const facts = await factsOf(world, requests, wants)
  const asked = ipam ? await askIpam(world, requests, { call: ipam, facts }) : {}
  if ('error' in asked) return asked
  const dns = claim?.resolvConf === undefined ? undefined : await world.resolvers(claim.resolvConf)
  const claimed = claim ? await claimAddresses(world, claim) : { granted: [] }
  if ('error' in claimed) return claimed
  const planned = planOrError(() =>
    plan({
      facts,
      granted: claimed.granted,
      ...present({ previous, dns, answer: asked.answer }),
    }),
  )
  if ('error' in planned) return giveBack(world, claim, planned.error)
  const outcome = await make(world, netnsOf(requests), planned.value)
  return outcome.kind === 'done'
    ? { result: planned.value.result }
    : giveBack(world, claim, outcome.error)
}

async function make(world: StageWorld, netns: string, planned: Planned): Promise<Outcome> {
  const { resources: desired, removes = [], again = false } = planned
  const wish = { netns, desired }
  const first = await converge(world.attachments, wish)
  const isFreed = first.kind === 'failed' && (await freeSubnets(world.attachments, desired))
  const made = isFreed ? await converge(world.attachments, wish) : first
  if (made.kind === 'failed') return made
  if (removes.length > 0) return replace(world, { netns, desired, removes })
  return again ? converge(world.attachments, wish) : made
}

interface Replacing {
  readonly netns: string
  readonly desired: State
  readonly removes: State
}

// What is in the way may be what the new ones are made by: a route to a gateway. An address takes with it those of its
// subnet that came after it.
async function replace(
  { attachments }: StageWorld,
  { netns, desired, removes }: Replacing,
): Promise<Outcome> {
  const removed = await converge(attachments, { netns, desired: [], former: removes })
  const gone = new Set(removes.map(({ resource }) => keyOf(resource)))
  const kept = desired.filter(({ resource }) => !gone.has(keyOf(resource)))
  return removed.kind === 'done' ? converge(attachments, { netns, desired: kept }) : removed
}

/** DEL of a stage: its resources, then its addresses. Idempotent. Without its netns, an interface left on the host is taken down alone. */
export async function delStage(
  world: StageWorld,
  { requests, previous, ipam }: Stage,
  options: ApplyOptions = {},
): Promise<CniError | undefined> {
  // ADD refuses such a conf before it does anything.
  if (previous === undefined && isRefused(requests)) return undefined
  // As the reference plugins do: the address goes first, and the link goes all the same.
  const given = await runIpam(world, ipam)
  const former = planFormer(requests, {
    facts: { links: {} },
    removedAlone: true,
    ...present({ result: previous }),
  })
  const own = removedAlone(former.filter(({ owner }) => owner.kind === 'attachment'))
  const netns = netnsOf(requests)
  const links = netns === '' ? 'down' : (options.links ?? 'delete')
  const wish = { netns, desired: [], former: own }
  const outcome = await converge(world.attachments, wish, { links })
  const held = outcome.kind === 'done' ? stageHolding(requests) : undefined
  if (held) await (await world.ipamAt(held.dataDir)).release(held.network, held.holder)
  return together([given, outcome].flatMap((each) => ('error' in each ? [each.error] : [])))
}

/** CHECK of a stage: CniError 5 that names what is not as ADD left it; undefined when all is. `isAsked`: of which resources; default all. */
export async function checkStage(
  world: StageWorld,
  { requests, previous, ipam }: Stage,
  isAsked: (resource: Resource) => boolean = () => true,
): Promise<CniError | undefined> {
  const asked = await runIpam(world, ipam)
  if ('error' in asked) return asked.error
  const { wants, claim } = stageNeeds(requests, previous)
  const facts = await factsOf(world, requests, wants)
  const former = { facts, checks: true, ...(previous ? { result: previous } : {}) }
  const desired = planFormer(requests, former).filter(({ resource }) => isAsked(resource))
  const changes = await stillDue(world, netnsOf(requests), desired)
  if (changes.length > 0) return amiss(changes)
  const held = claim
    ? await (await world.ipamAt(claim.dataDir)).held(claim.network, claim.holder)
    : undefined
  return held?.length === 0 && claim ? unreserved(claim) : undefined
}

/** STATUS of a stage: CniError 50 when an ADD would find no address, 7 for a conf that cannot be used. */
export async function statusOfStage(
  { ipamAt }: StageWorld,
  requests: readonly PluginRequest[],
): Promise<CniError | undefined> {
  const { claim } = stageNeeds(requests)
  if (claim === undefined) return undefined
  const { dataDir, network, sets } = claim
  const store = await ipamAt(dataDir)
  const outcome = await outcomeOf(demandFree({ store, network }, sets).then(() => ''))
  return 'error' in outcome ? outcome.error : undefined
}

async function stillDue(
  world: StageWorld,
  netns: string,
  desired: State,
): Promise<readonly Change[]> {
  const { attachments } = world
  const seen = await attachments.observe(netns, desired)
  const others = seen.filter(({ resource }) => !isEffect(resource))
  // Without its rules the table has no effect, whatever is in its sets.
  const isInForce = others.length === seen.length || (await attachments.isTableWhole())
  return diff(desired, isInForce ? seen : others).filter(isDue)
}

// A stage that wants none opens no socket for them.
async function factsOf(
  { attachments }: StageWorld,
  requests: readonly PluginRequest[],
  wants: WantedFacts | undefined,
): Promise<Facts> {
  return wants ? attachments.facts(wants, netnsOf(requests)) : { links: {} }
}

function netnsOf([first]: readonly PluginRequest[]): string {
  return first?.attachment.netns ?? ''
}

type Claimed = { readonly granted: readonly ResultIp[] } | { readonly error: CniError }

async function claimAddresses(world: StageWorld, claim: AddressClaim): Promise<Claimed> {
  const store = await world.ipamAt(claim.dataDir)
  const allocation = await allocate(store, claim)
  if (allocation.kind === 'refused') {
    const { message, exhausted } = allocation
    const details = exhausted && (await whyFull({ store, network: claim.network }, exhausted))
    const hint = `Ask for another address, or none: "vethra ipam ls --network ${claim.network}" shows who has which.`
    return { error: new CniError({ code: 999, message, details, hint }) }
  }
  return { granted: allocation.ips.map(ipOf) }
}

function planOrError<T>(plan: () => T): { readonly value: T } | { readonly error: CniError } {
  return attempt(
    () => ({ value: plan() }),
    (error) => ({ error }),
  )
}

function isRefused(requests: readonly PluginRequest[]): boolean {
  const needs = planOrError(() => stageNeeds(requests))
  return 'error' in needs && needs.error.code === 7
}

async function giveBack(
  world: StageWorld,
  claim: AddressClaim | undefined,
  error: CniError,
): Promise<StageOutcome> {
  if (claim === undefined) return { error }
  const { dataDir, network, holder } = claim
  const store = await world.ipamAt(dataDir)
  return { error: await undoAfter(error, () => store.release(network, holder)) }
}

function amiss(changes: readonly Change[]): CniError {
  const [first] = changes
  const more = changes.length === 1 ? '' : `, and ${changes.length - 1} more`
  return ioError(
    `not as ADD left it; a repair would ${first ? describeChange(first) : ''}${more}`,
    { details: changes.length > 1 ? changes.map(describeChange).join('\n') : undefined },
  )
}

function unreserved({ network, holder }: AddressClaim): CniError {
  const { containerId } = holder
  // The words of the Go plugin come first.
  return ioError(
    `host-local: Failed to find address added by container ${containerId} to network ${network}`,
  )
}
