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
import { type Appliers, ended } from './appliers.ts'
import { unmarkedAmong } from './native-effects.ts'

/** The repairs of firewall rules. */
export const ruleAppliers: Pick<
  Appliers,
  'remove-elements' | 'remove-rules' | 'restore-elements' | 'restore-masquerading' | 'restore-rules'
> = {
  // By the names of its chains, and by the marks of its rules of nftables.
  async 'remove-rules'({ host }, { network, containerId }) {
    for (const { family, text } of await host.rules.save()) {
      const removal = attachmentLeftovers(text, network, containerId)
      if (removal !== '') await host.rules.restore(family, removal)
    }
    const { masquerading } = host.rules
    const left = masqueradeRules((await masquerading?.list()) ?? '').filter(
      ({ claim }) => claim?.network === network && claim.containerId === containerId,
    )
    if (left.length > 0) await masquerading?.change(masqueradeRemovals(left))
  },

  async 'restore-rules'({ host }, { attachment, effects, left }) {
    const types = effects.map((each) => (each === 'ports' ? 'portmap' : 'firewall'))
    const isWanted = ({ type }: { readonly type: string }) => types.some((each) => each === type)
    return (await chainAgain(host, attachment, { isWanted, left })) ? undefined : ended
  },

  // As the plugin that made their interfaces did: it cannot be run again, since it would find them there.
  async 'restore-masquerading'({ host }, _, all) {
    const { nft = [], iptables = [] } = Object.groupBy(
      all.map(({ attachment }) => attachment),
      ({ byNft }) => (byNft ? 'nft' : 'iptables'),
    )
    for (const saved of iptables.length > 0 ? await host.rules.save() : []) {
      const text = masqueradingRules(saved, iptables)
      if (text !== '') await host.rules.restore(saved.family, text)
    }
    const { masquerading } = host.rules
    if (nft.length === 0 || masquerading === undefined) return
    await masquerading.change(masqueradeText(nft, masqueradeRules(await masquerading.list())))
  },

  async 'restore-elements'({ host }, _, all) {
    const kernel = await host.kernel?.()
    if (kernel === undefined) return 'this build cannot change table inet vethra'
    if (!(await kernel.isTableWhole())) await kernel.fillTable()
    const desired = all.flatMap((each) => each.desired)
    const unmarked = desired.filter(unmarkedAmong(await kernel.strange()))
    const { failed } = await kernel.apply('', unmarked.flatMap(anew))
    if (failed) throw failed.error
    const outcome = await converge(kernel, { netns: '', desired })
    if (outcome.kind === 'failed') throw outcome.error
    return undefined
  },

  // Those of an owner that is known no more, or those that are not of its making.
  async 'remove-elements'({ host }, { owner, extra }) {
    const kernel = await host.kernel?.()
    const doomed = extra && new Set(extra.map(({ resource }) => keyOf(resource)))
    const isDoomed = (each: Owned) =>
      isSameOwner(each.owner, owner) && (doomed?.has(keyOf(each.resource)) ?? true)
    const error = kernel && (await removeEffects(kernel, isDoomed))
    if (error) throw error
  },
}

// The kernel changes no comment of an element that is there.
function anew(each: Owned): readonly Change[] {
  return [
    { kind: 'remove', from: each },
    { kind: 'make', to: each },
  ]
}
