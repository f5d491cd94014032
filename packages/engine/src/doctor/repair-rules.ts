import { guards } from '@vethra/cni'
import type { Repair, RuleEffect } from '@vethra/findings'
import {
  attachmentLeftovers,
  type MasqueradedAttachment,
  masqueradingRules,
} from '@vethra/firewall'
import { chainAgain } from '../attach/heal.ts'
import { livingRecord } from './alive.ts'
import type { DoctorTools } from './doctor-tools.ts'
import type { RepairResult } from './repair-result.ts'

/** Takes out the rules of a container that is not in the network, by the names of its chains. */
export async function removeRules(
  { host }: DoctorTools,
  { network, containerId }: Extract<Repair, { kind: 'remove-rules' }>,
): Promise<RepairResult> {
  return host.lock.hold(guards.attachment(host.places, containerId), async () => {
    const [records, cached] = await Promise.all([
      host.records.list(containerId),
      host.cache.list(containerId),
    ])
    if ([...records, ...cached].some((each) => each.network === network)) return 'it is attached'
    let done = false
    for (const { family, text } of await host.rules.save()) {
      const removal = attachmentLeftovers(text, network, containerId)
      if (removal === '') continue
      await host.rules.restore(family, removal)
      done = true
    }
    return done ? undefined : 'they are gone'
  })
}

/** Has the plugins that accept, isolate and publish do so again for a living container. */
export async function restoreRules(
  { host }: DoctorTools,
  { attachment, effects, left }: Extract<Repair, { kind: 'restore-rules' }>,
): Promise<RepairResult> {
  const types = new Set(effects.map((each) => typeOf[each]))
  const done = await chainAgain(host, attachment, { isWanted: ({ type }) => types.has(type), left })
  return done ? undefined : 'it is not attached any more'
}

const typeOf: Readonly<Record<RuleEffect, string>> = {
  admission: 'firewall',
  isolation: 'firewall',
  ports: 'portmap',
}

/** So many locks are held at once: for each such group all rules are read. */
const groupSize = 50

/**
 * Masquerades what living containers send, as the plugin that made their interfaces did: it cannot be run
 * again, since it would find them there. Groups of containers share a transaction.
 */
export async function restoreMasquerading(
  tools: DoctorTools,
  { attachments }: Extract<Repair, { kind: 'restore-masquerading' }>,
): Promise<RepairResult> {
  let count = 0
  for (let at = 0; at < attachments.length; at += groupSize) {
    count += await restoreGroup(tools, attachments.slice(at, at + groupSize))
  }
  return count > 0 ? undefined : 'none of them is attached any more, or lacks it'
}

async function restoreGroup(
  tools: DoctorTools,
  group: readonly MasqueradedAttachment[],
): Promise<number> {
  const ids = [...new Set(group.map(({ containerId }) => containerId))].toSorted()
  return holdingAll(tools, ids, async () => {
    const { host } = tools
    const living: MasqueradedAttachment[] = []
    for (const each of group) if (await livingRecord(host, each)) living.push(each)
    let changed = 0
    for (const saved of living.length === 0 ? [] : await host.rules.save()) {
      const text = masqueradingRules(saved, living)
      if (text === '') continue
      await host.rules.restore(saved.family, text)
      changed += 1
    }
    return changed
  })
}

// In one order, so that two doctors never wait for each other; whoever else takes one holds no second.
async function holdingAll<T>(
  tools: DoctorTools,
  [first, ...others]: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  if (first === undefined) return work()
  const { lock, places } = tools.host
  return lock.hold(guards.attachment(places, first), () => holdingAll(tools, others, work))
}
