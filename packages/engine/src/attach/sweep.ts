import type { Membership } from '@vethra/container'
import {
  attachmentLeftovers,
  masqueradeMark,
  masqueradeRemovals,
  masqueradeRules,
  type SavedRules,
} from '@vethra/firewall'
import type { AttachmentRecords, RuleSets, World } from '@vethra/world'
import { failureOf } from './failures.ts'

/** The attachment that rules were made for, as far as their chains are named by it. */
interface Attached {
  readonly network: string
  readonly attachment: { readonly containerId: string; readonly ifname: string }
  readonly list?: { readonly text: string } | undefined
  /** As it was when it was attached, where that is remembered. */
  readonly listText?: string | undefined
}

/** Removes what plugins leave: bridge's masquerading, portmap's rules. Rules that change meanwhile are looked at again. */
export async function sweep(
  { rules }: Pick<World, 'rules'>,
  attached: readonly Attached[],
): Promise<void> {
  if (attached.length === 0) return
  let before = ''
  for (let attempt = 1; ; attempt += 1) {
    const saved = await rules.save()
    const removals = removalsOf(attached, saved)
    if (attempt === 1)
      await sweepByNft(rules, removals.length === 0 ? attached : attached.filter(namesNft))
    const now = JSON.stringify(removals)
    // The same again is not somebody else's doing, such as that of a DEL which was killed and whose last
    // transaction was still under way.
    if (now === before || attempt === attempts) return restore(rules, removals)
    // What was seen may have changed: a transaction that names a rule which is gone does nothing.
    if ((await failureOf(restore(rules, removals))) === undefined) return
    before = now
  }
}

// Of what iptables has nothing, plugins have masqueraded by nftables, if at all: where they found no iptables, for one.
function namesNft({ list, listText = list?.text }: Attached): boolean {
  return listText?.includes('nftables') ?? false
}

// What a DEL which was killed removes meanwhile is gone either way.
async function sweepByNft(
  { masquerading }: Pick<RuleSets, 'masquerading'>,
  attached: readonly Attached[],
): Promise<void> {
  const marks = new Set(
    attached.map(({ network, attachment }) => masqueradeMark({ network, ...attachment })),
  )
  if (masquerading === undefined || marks.size === 0) return
  const left = async () =>
    masqueradeRules(await masquerading.list()).filter(({ mark }) => marks.has(mark))
  for (const again of [true, false]) {
    const rules = await left()
    if (rules.length === 0) return
    const error = await failureOf(masquerading.change(masqueradeRemovals(rules)))
    if (error === undefined) return
    if (!again) throw error
  }
}

/** Sweeps for attachments whose container has no other interface in the same network: the rules of both are in the same chains. */
export async function sweepAlone(
  tools: Pick<World, 'rules'> & { readonly records: Pick<AttachmentRecords, 'list'> },
  memberships: readonly (Membership & Pick<Attached, 'listText'>)[],
): Promise<void> {
  const going = new Set(
    memberships.map(({ network, attachment }) => `${network}/${attachment.ifname}`),
  )
  const id = memberships[0]?.attachment.containerId
  if (id === undefined) return
  const others = (await tools.records.list(id)).filter(
    ({ network, ifname }) => !going.has(`${network}/${ifname}`),
  )
  const alone = memberships.filter(
    (each) => !others.some(({ network }) => network === each.network),
  )
  await sweep(tools, alone)
}

/** A transaction for each family that has something to be removed. */
type Removals = readonly SavedRules[]

function removalsOf(attached: readonly Attached[], saved: readonly SavedRules[]): Removals {
  return saved
    .map(({ family, text }) => {
      const texts = attached.map(({ network, attachment }) =>
        attachmentLeftovers(text, network, attachment.containerId),
      )
      return { family, text: texts.join('') }
    })
    .filter(({ text }) => text !== '')
}

const attempts = 10

async function restore(rules: RuleSets, removals: Removals): Promise<void> {
  for (const { family, text } of removals) await rules.restore(family, text)
}
