import { type CniError, type PluginCall, parseResult } from '@vethra/cni'
import { type Addresses, type Facts, type PluginRequest, planStage } from '@vethra/plugins'
import type { State } from '@vethra/state'
import type { StageWorld } from '@vethra/world'
import { converge } from '../converge.ts'
import { dhcpFailure } from './demand-dhcp.ts'
import { outcomeOf } from './failures.ts'
import type { ProgramOutcome } from './next-step.ts'

/** The answer of an IPAM plugin that is a program, or why there is none. */
type Answered = { readonly answer?: Addresses } | { readonly error: CniError }

/** Runs the IPAM plugin of a stage for an operation that returns nothing; without one it does nothing. */
export async function runIpam(
  { programs }: StageWorld,
  call: PluginCall | undefined,
): Promise<ProgramOutcome> {
  if (call === undefined) return { printed: '' }
  const outcome = await outcomeOf(programs.run(call))
  return 'error' in outcome ? { error: dhcpFailure(call, outcome.error) ?? outcome.error } : outcome
}

/** ADD of a stage's IPAM plugin, once its link is up in the container: dhcp speaks through it. */
export async function askIpam(
  world: StageWorld,
  requests: readonly PluginRequest[],
  { call, facts }: { readonly call: PluginCall; readonly facts: Facts },
): Promise<Answered> {
  const [first] = requests
  if (first === undefined) return {}
  const { ipam: _, ...conf } = first.conf
  const { resources } = planStage([{ ...first, conf }], { facts, granted: [] })
  const link = await converge(world.attachments, { netns: call.netns, desired: resources })
  if (link.kind === 'failed') return { error: link.error }
  const outcome = await runIpam(world, call)
  if ('error' in outcome) {
    const isMissing = outcome.error.code === 100
    const failure = isMissing ? await removeLink(world, call, resources) : undefined
    return { error: failure ?? outcome.error }
  }
  const { ips, routes, dns } = parseResult(outcome.printed, first.cniVersion).result
  return { answer: { ips, routes, dns } }
}

// Returns why it could not be removed.
async function removeLink(
  world: StageWorld,
  { netns }: PluginCall,
  made: State,
): Promise<CniError | undefined> {
  const former = made.filter(({ owner }) => owner.kind === 'attachment')
  const outcome = await converge(world.attachments, { netns, desired: [], former })
  return outcome.kind === 'failed' ? outcome.error : undefined
}
