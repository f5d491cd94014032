import type { RepairOf, RuleEffect } from '@vethra/findings'
import {
  attachmentLeftovers,
  masqueradeRemovals,
  masqueradeRules,
  masqueradeText,
  masqueradingRules,
} from '@vethra/firewall'
import { type Change, isSameOwner, keyOf, type Owned } from '@vethra/state'
import { chainAgain } from '../attach/heal.ts'
import { converge } from '../converge.ts'
import { removeEffects } from '../remove-effects.ts'
import { type Applied, ended } from './applied.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { unmarkedAmong } from './native-effects.ts'

/** Takes out the rules of a container that is not in the network, by the names of its chains, and by the marks of its rules of nftables. */
export async function removeRules(
  { host }: DoctorTools,
  { network, containerId }: RepairOf<'remove-rules'>,
): Promise<void> {
  for (const { family, text } of await host.rules.save()) {
    const removal = attachmentLeftovers(text, network, containerId)
    if (removal !== '') await host.rules.restore(family, removal)
  }
  const { masquerading } = host.rules
  const left = masqueradeRules((await masquerading?.list()) ?? '').filter(
    ({ claim }) => claim?.network === network && claim.containerId === containerId,
  )
  if (left.length > 0) await masquerading?.change(masqueradeRemovals(left))
}

/** Has the plugins that accept, isolate and publish do so again for a living container. */
export async function restoreRules(
  { host }: DoctorTools,
  { attachment, effects, left }: RepairOf<'restore-rules'>,
): Promise<Applied> {
  const types = new Set(effects.map((each) => typeOf[each]))
  const done = await chainAgain(host, attachment, { isWanted: ({ type }) => types.has(type), left })
  return done ? undefined : ended
}

const typeOf: Readonly<Record<RuleEffect, string>> = {
  admission: 'firewall',
  isolation: 'firewall',
  ports: 'portmap',
}

/**
 * Masquerades what living containers send, as the plugin that made their interfaces did, in one transaction: it
 * cannot be run again, since it would find them there.
 */
export async function restoreMasquerading(
  { host }: DoctorTools,
  repairs: readonly RepairOf<'restore-masquerading'>[],
): Promise<void> {
  const { nft = [], iptables = [] } = Object.groupBy(
    repairs.map(({ attachment }) => attachment),
    ({ byNft }) => (byNft ? 'nft' : 'iptables'),
  )
  if (iptables.length > 0) {
    for (const saved of await host.rules.save()) {
      const text = masqueradingRules(saved, iptables)
      if (text !== '') await host.rules.restore(saved.family, text)
    }
  }
  const { masquerading } = host.rules
  if (nft.length === 0 || masquerading === undefined) return
  await masquerading.change(masqueradeText(nft, masqueradeRules(await masquerading.list())))
}

/** Makes the elements and settings that attachments lack, in one transaction. */
export async function restoreElements(
  { host }: DoctorTools,
  repairs: readonly RepairOf<'restore-elements'>[],
): Promise<Applied> {
  const kernel = await host.kernel?.()
  if (kernel === undefined) return 'this build cannot change table inet vethra'
  if (!(await kernel.isTableWhole())) await kernel.fillTable()
  const desired = repairs.flatMap((each) => each.desired)
  const unmarked = desired.filter(unmarkedAmong(await kernel.strange()))
  const { failed } = await kernel.apply('', unmarked.flatMap(anew))
  if (failed) throw failed.error
  const outcome = await converge(kernel, { netns: '', desired })
  if (outcome.kind === 'failed') throw outcome.error
}

// The kernel changes no comment of an element that is there.
function anew(each: Owned): readonly Change[] {
  return [
    { kind: 'remove', from: each },
    { kind: 'make', to: each },
  ]
}

/** Takes out the elements of an owner that is known no more, or those that are not of its making. */
export async function removeElements(
  { host }: DoctorTools,
  { owner, extra }: RepairOf<'remove-elements'>,
): Promise<void> {
  const kernel = await host.kernel?.()
  const doomed = extra && new Set(extra.map(({ resource }) => keyOf(resource)))
  const isDoomed = (each: Owned) =>
    isSameOwner(each.owner, owner) && (doomed?.has(keyOf(each.resource)) ?? true)
  const error = kernel && (await removeEffects(kernel, isDoomed))
  if (error) throw error
}
