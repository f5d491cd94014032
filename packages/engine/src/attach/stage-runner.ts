import {
  CniError,
  goField,
  isSpecVersion,
  type Json,
  type JsonObject,
  orElse,
  type ParsedResult,
  parseResult,
  present,
  type Result,
  renderResult,
} from '@vethra/cni'
import type { Holder } from '@vethra/ipam'
import type { PluginRequest } from '@vethra/plugins'
import type { StageCall, StageWorld } from '@vethra/world'
import { collectStage } from './collect-stage.ts'
import { runIpam } from './ipam-program.ts'
import { demandSingleSysctls } from './single-sysctls.ts'
import { addStage, checkStage, delStage, type Stage, statusOfStage } from './stage.ts'

/** Runs stretches of plugins in this process: ADD's result, else nothing. Throws an operation's CniError. */
export function stageRunner(
  world: StageWorld,
): (call: StageCall) => Promise<ParsedResult | undefined> {
  return async (call) => {
    const { operation } = call
    if (operation === 'ADD' || operation === 'CHECK')
      for (const { type, stdin } of call.calls)
        if (type === 'tuning') await demandSingleSysctls(stdin)
    if (operation === 'ADD') return added(world, call)
    const error = await done(world, call)
    if (error) throw error
    return undefined
  }
}

async function done(world: StageWorld, call: StageCall): Promise<CniError | undefined> {
  const { operation, calls } = call
  if (operation === 'DEL') return delStage(world, stageOf(call))
  if (operation === 'CHECK') return checkStage(world, stageOf(call, parsed))
  const stage = stageOf(call)
  const asked = await runIpam(world, stage.ipam)
  if ('error' in asked) return asked.error
  if (operation === 'STATUS') return statusOfStage(world, stage.requests)
  const valid = validIn(calls[0]?.stdin ?? '{}')
  if (operation === 'GC') await collectStage(world, stage.requests, valid)
  return undefined
}

function validIn(stdin: string): readonly Holder[] {
  const valid = goField(JSON.parse(stdin), 'cni.dev/valid-attachments')
  if (!Array.isArray(valid)) return []
  return valid.map((each: Json) => ({
    containerId: String(goField(each, 'containerID')),
    ifname: String(goField(each, 'ifname')),
  }))
}

async function added(world: StageWorld, call: StageCall): Promise<ParsedResult> {
  const stage = stageOf(call, parsed)
  const version = stage.requests[0]?.cniVersion || '0.1.0'
  if (!isSpecVersion(version))
    throw new CniError({
      code: 1,
      message: `incompatible CNI version ${JSON.stringify(version)}`,
      hint: 'Set cniVersion in the conf list to one of 0.1.0 to 1.1.0.',
    })
  const outcome = await addStage(world, stage)
  if ('error' in outcome) throw outcome.error
  const text = JSON.stringify(renderResult(outcome.result, version).json)
  // A result of a version before 1.0.0 carries less than the plan has.
  if (version.startsWith('0.')) return parseResult(text, version)
  return { result: { ...outcome.result, cniVersion: version }, text }
}

/** The requests of a stretch, and the result before it; where `read` cannot read that, without. Default: what is damaged is left out. */
export function stageOf(
  { calls, previous, ipam }: StageCall,
  read: (text: string, version: string) => Result | undefined = ifReadable,
): Stage {
  const requests = calls.map((call, at) => requestOf(call, at === 0 ? ipam : undefined))
  const version = requests[0]?.cniVersion ?? ''
  const result = previous === undefined ? undefined : read(previous, version)
  return { requests, ...present({ previous: result, ipam }) }
}

function requestOf(
  { stdin, ...call }: StageCall['calls'][number],
  ipam: StageCall['ipam'],
): PluginRequest {
  const conf: JsonObject = JSON.parse(stdin)
  const { containerId, netns, ifname, cniArgs } = call
  return {
    network: String(conf['name']),
    cniVersion: String(conf['cniVersion']),
    conf,
    attachment: { containerId, netns, ifname, cniArgs, capabilityArgs: {} },
    ...(ipam ? { ipam: 'exec' as const } : {}),
  }
}

function parsed(text: string, version: string): Result {
  return parseResult(text, version).result
}

// A result that is damaged must not block a DEL.
function ifReadable(text: string, version: string): Result | undefined {
  return orElse(() => parsed(text, version), undefined)
}
