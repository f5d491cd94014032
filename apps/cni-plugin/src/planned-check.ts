import { checkPlainIfname } from '@vethra/cni'
import { checkStage, demandSingleSysctls, type Stage } from '@vethra/engine'
import { isChained, linkKindOf, withoutRoute, words } from '@vethra/plugins'
import { effectKinds, type Resource } from '@vethra/state'
import { failed } from './go-codes.ts'
import { isOthersMaking } from './others-making.ts'
import { lostOthersRules } from './others-rules.ts'
import { checkArgs, hasPrevious, type PlannedCall, stageOf } from './planned-call.ts'

// What an original says in a CHECK, where that is not what all say.
const withoutPrevious: ReadonlyMap<string, string> = new Map([
  ['firewall', words.noEarlierResult],
  ['vrf', words.noEarlierResult],
  ['bandwidth', words.notChained],
])

/** CHECK: what ADD made, or what a Go plugin made in its place, is as it was left. Throws CniError 999 for the first difference. */
export async function checkPlanned(call: PlannedCall): Promise<void> {
  const { type, host, request } = call
  checkArgs(call)
  checkPlainIfname(request.ifname)
  if (type === 'tuning') await demandSingleSysctls(request.text)
  if (!hasPrevious(request) && type !== 'loopback')
    throw failed(withoutPrevious.get(type) ?? words.noPrevious)
  const stage = stageOf(call, 'CHECK')
  demandInterface(call, stage)
  await host.checkNetns(request.netns)
  const isOthers = await isOthersMaking(call, stage)
  // Rules of ours may be behind an interface of others, and a chain of others for its ports behind one of ours.
  const asOurs = !isOthers || isChained(type)
  const asOthers = isOthers || type === 'portmap'
  const error = await checkStage(host, stage, asOurs ? undefined : isNoRule)
  if (error && !(asOurs && asOthers)) throw error
  await demandInside(call, stage)
  if (!asOthers || (asOurs && error === undefined)) return
  const other = asOurs ? await checkStage(host, stage, isNoRule) : undefined
  if (other) throw other
  const lost = await lostOthersRules(call, stage)
  if (lost) throw isOthers ? lost : (error ?? lost)
}

// A result without the interface that ADD made tells of nothing to compare with.
function demandInterface(
  { type, request: { ifname, netns } }: PlannedCall,
  { previous }: Stage,
): void {
  if (previous === undefined || linkKindOf(type) === undefined) return
  const inside = previous.interfaces.find(({ name, sandbox }) => name === ifname && sandbox)
  if (inside?.sandbox !== netns) throw failed(words.otherSandbox(inside?.sandbox ?? '', netns))
}

// The kernel makes the route to a subnet with the address; sbr and vrf lead it to a table of their own.
async function demandInside(
  { type, host, request: { netns, ifname } }: PlannedCall,
  { previous }: Stage,
): Promise<void> {
  if (type === 'loopback' || (isChained(type) && type !== 'tuning')) return
  const wanted = { inside: [ifname], routes: true, tables: true }
  const { inside = {}, routes = [], tables = [] } = await host.attachments.facts(wanted, netns)
  if (type === 'tuning' && inside[ifname] === undefined) throw failed(words.noLink(ifname))
  // A driver of DPDK has no interface to ask.
  if (type === 'tuning' || inside[ifname] === undefined) return
  if (tables.some(({ table }) => !standardTables.includes(table))) return
  const own = routes.filter(({ link }) => link === ifname)
  const lost = previous && withoutRoute(previous, own)
  if (lost) throw failed(words.noSubnetRoute(lost.gateway ?? lost.address, ifname))
}

// RT_TABLE_DEFAULT, RT_TABLE_MAIN and RT_TABLE_LOCAL of the kernel.
const standardTables: readonly number[] = [253, 254, 255]

// Rules that a Go plugin made are chains of iptables.
function isNoRule({ kind }: Resource): boolean {
  return kind !== 'bridge port' && !effectKinds.includes(kind)
}
