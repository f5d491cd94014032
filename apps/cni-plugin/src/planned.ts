import {
  CniError,
  checkPlainIfname,
  type JsonObject,
  onCniError,
  type Result,
  renderResult,
} from '@vethra/cni'
import {
  addStage,
  collectLinks,
  collectStage,
  demandSingleSysctls,
  statusOfStage,
} from '@vethra/engine'
import { isChained, plannerOf, words } from '@vethra/plugins'
import { attachmentOwner } from '@vethra/state'
import type { AttachmentKernel } from '@vethra/world'
import { validAttachments } from './collect-garbage.ts'
import { failed, inGoCodes } from './go-codes.ts'
import { checkArgs, hasPrevious, ipamTypeOf, type PlannedCall, stageOf } from './planned-call.ts'
import type { Plugin, PluginWorld, Request } from './plugin.ts'
import { inGoWords } from './result.ts'
import { beforeTuning } from './tuning-backup.ts'

/** A plugin that is planned: the engine's stage of one plugin, which is called as a program. Code that only a DEL or a CHECK runs is loaded by that call. */
export function planned(type: string, world: PluginWorld): Plugin {
  const called =
    <T>(work: (call: PlannedCall) => Promise<T>) =>
    (request: Request) =>
      inGoCodes(async () => {
        const host = await world.host(request.path)
        const { attachments } = host
        const run = (kernel: AttachmentKernel) =>
          work({ type, request, host: { ...host, attachments: kernel } })
        // A chained plugin has few questions, or none.
        if (isChained(type) || !attachments.holdingSockets) return run(attachments)
        return attachments.holdingSockets(request.netns, run)
      })
  return {
    add: called(add),
    del: called(remove),
    check: called(check),
    gc: called(gc),
    status: called(status),
  }
}

async function remove(call: PlannedCall): Promise<void> {
  const { deletePlanned } = await import('./planned-delete.ts')
  await deletePlanned(call)
}

async function check(call: PlannedCall): Promise<void> {
  const { checkPlanned } = await import('./planned-check.ts')
  await checkPlanned(call)
}

async function add(call: PlannedCall): Promise<JsonObject> {
  const { type, host, request } = call
  checkArgs(call)
  checkPlainIfname(request.ifname)
  demandPrevious(call)
  const stage = stageOf(call, 'ADD')
  await host.checkNetns(request.netns)
  if (!isChained(type) && type !== 'loopback') await demandFreeName(call)
  if (type === 'tuning') {
    await demandSingleSysctls(request.text)
    await beforeTuning(call, stage)
  }
  const outcome = await addStage(host, stage)
  if ('error' in outcome) {
    // A link may come before the answer of a program, and stays for the DEL that this is.
    if (stage.ipam) await remove(call).catch(onCniError(() => undefined))
    throw outcome.error
  }
  try {
    if (asksIpam(call) && outcome.result.ips.length === 0) throw failed(words.noLeasedAddresses)
    return printed(outcome.result, request)
  } catch (error) {
    if (!isChained(type)) await remove(call).catch(onCniError(() => undefined))
    throw error
  }
}

function asksIpam({ type, request: { conf } }: PlannedCall): boolean {
  const isInterface = !isChained(type) && type !== 'loopback'
  return isInterface && ipamTypeOf(conf) !== undefined
}

// `dns` is in every result of the reference plugins.
function printed(result: Result, { cniVersion }: Request): JsonObject {
  const { json } = inGoWords(() => renderResult(result, cniVersion))
  return { ...json, dns: json['dns'] ?? {} }
}

function demandPrevious({ type, request }: PlannedCall): void {
  if (ipamTypeOf(request.conf) === undefined) {
    if (type === 'dummy') throw failed(words.dummyNeedsIpam)
    if (type === 'ptp') throw failed(words.noIpam)
  }
  const needs = plannerOf(type)?.chained
  if (needs !== undefined && !hasPrevious(request)) throw failed(needs)
}

// SPEC 1.1.0, section 2, "ADD": an interface of that name is an error.
async function demandFreeName({ host, request }: PlannedCall): Promise<void> {
  const { netns, ifname } = request
  const resource = { kind: 'link settings', place: 'container', link: ifname } as const
  const owner = attachmentOwner(request)
  const found = await host.attachments.observe(netns, [{ resource, owner }])
  if (found.length > 0) throw failed(words.taken(ifname))
}

async function gc(call: PlannedCall): Promise<void> {
  const valid = validAttachments(call.request.conf)
  const stage = stageOf(call, 'GC')
  if (stage.ipam) await call.host.programs.run(stage.ipam)
  await collectStage(call.host, stage.requests, valid)
  if (!isChained(call.type)) await collectLinks(call.host, call.request.network, valid)
}

/** Throws CniError 50 when an ADD would find no address. */
async function status(call: PlannedCall): Promise<void> {
  const stage = stageOf(call, 'STATUS')
  if (stage.ipam) await call.host.programs.run(stage.ipam)
  const error = await statusOfStage(call.host, stage.requests)
  if (error)
    throw error.code === 7
      ? error
      : new CniError({ code: 50, message: error.message, cause: error })
}
