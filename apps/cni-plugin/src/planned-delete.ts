import {
  type CniError,
  checkPlainIfname,
  onCniError,
  orElse,
  passes,
  type Result,
} from '@vethra/cni'
import { converge, delStage, removeEffects } from '@vethra/engine'
import { readDataDir } from '@vethra/ipam'
import { isChained } from '@vethra/plugins'
import { attachmentOwner, type Owned } from '@vethra/state'
import { removeOthersMaking } from './others-making.ts'
import { ipamTypeOf, type PlannedCall, readablePrevious, stageOf } from './planned-call.ts'
import { restoreTuned } from './tuning-backup.ts'

/** DEL: removes what conf and previous result name, what bears the mark, and what a Go plugin made. Goes on after a failure; throws the first. */
export async function deletePlanned(given: PlannedCall): Promise<void> {
  const call = await withNetns(given)
  const errors: CniError[] = []
  const attempt = async (work: () => Promise<CniError | undefined>) => {
    const error = await work().catch(onCniError((each) => each))
    if (error) errors.push(error)
  }
  await attempt(() => (removals[call.type] ?? removePlanned)(call))
  await attempt(() => removeMarked(call))
  await attempt(() => removeOthersMaking(call))
  const [first] = errors
  if (first) throw first
}

const removals: Readonly<Record<string, typeof removePlanned>> = {
  tuning: restoreTuned,
  loopback: takeDown,
}

async function takeDown({ host, request }: PlannedCall): Promise<CniError | undefined> {
  const { netns } = request
  const lo = { kind: 'link settings', place: 'container', link: 'lo', up: false } as const
  const desired = [{ owner: attachmentOwner(request), resource: lo }]
  const outcome = await converge(host.attachments, { netns, desired: netns === '' ? [] : desired })
  return outcome.kind === 'failed' ? outcome.error : undefined
}

// SPEC 1.1.0, section 2, "DEL": a namespace that is gone is no failure. In one that is there, an interface whose name is
// beyond ASCII is another program's.
async function withNetns(call: PlannedCall): Promise<PlannedCall> {
  const { host, request } = call
  if (request.netns === '') return call
  if (!passes(() => checkPlainIfname(request.ifname))) return withoutNetns(call)
  const isThere = await host.checkNetns(request.netns).then(
    () => true,
    onCniError(() => false),
  )
  return isThere ? call : withoutNetns(call)
}

function withoutNetns(call: PlannedCall): PlannedCall {
  return { ...call, request: { ...call.request, netns: '' } }
}

async function removePlanned(call: PlannedCall): Promise<CniError | undefined> {
  const previous = readablePrevious(call.request) ?? (await ofKernel(call))
  const { prevResult: _, ...conf } = call.request.conf
  const stage = stageOf({ ...call, request: { ...call.request, conf } }, 'DEL')
  const whole = { ...stage, ...(previous ? { previous } : {}) }
  return delStage(call.host, whole).catch(
    onCniError(async (error) => {
      await releaseAddresses(call)
      return error.code === 7 ? undefined : error
    }),
  )
}

// The rules of sbr bear no mark: they are those of the addresses that the interface has.
async function ofKernel({ type, host, request }: PlannedCall): Promise<Result | undefined> {
  const { netns, ifname, cniVersion } = request
  if (type !== 'sbr' || netns === '') return undefined
  const { inside = {} } = await host.attachments.facts({ inside: [ifname] }, netns)
  const ips = (inside[ifname]?.addresses ?? []).map((address) => ({ address }))
  return { cniVersion, interfaces: [], ips, routes: [], dns: {} }
}

async function releaseAddresses({ type, host, request }: PlannedCall): Promise<void> {
  const { conf, network, containerId, ifname } = request
  if (isChained(type) || ipamTypeOf(conf) !== 'host-local' || host.isProgram('host-local')) return
  const dataDir = orElse(() => readDataDir(conf), undefined)
  if (dataDir === undefined) return
  const store = await host.ipamAt(dataDir)
  await store.release(network, { containerId, ifname })
}

const ofPlugin: Readonly<Record<string, readonly string[]>> = {
  portmap: ['publish', 'published masquerade'],
  firewall: [],
}

// The plugin that makes the interface is the last one of a DEL: nothing with its mark outlives it.
async function removeMarked({ type, host, request }: PlannedCall): Promise<CniError | undefined> {
  if (type !== 'portmap' && isChained(type)) return undefined
  const kinds = ofPlugin[type]
  const isDoomed = ({ resource }: Owned) => kinds === undefined || kinds.includes(resource.kind)
  return removeEffects(host.attachments, isDoomed, attachmentOwner(request))
}
