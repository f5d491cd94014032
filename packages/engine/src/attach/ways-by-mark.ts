import { type PluginWay, planFormer, waysOf } from '@vethra/plugins'
import { isSameOwner, type Owned } from '@vethra/state'
import type { CachedAttachment } from '@vethra/world'
import { cachedList } from './cached-list.ts'
import type { HostTools } from './host-tools.ts'
import { stagesOf } from './run.ts'
import { stageOf } from './stage-runner.ts'

/** The ways of an attachment without a record, by the mark of its veth; undefined without one: programs, or nothing is left. */
export async function waysByMark(
  tools: Pick<HostTools, 'kernel'>,
  made: CachedAttachment,
): Promise<readonly PluginWay[] | undefined> {
  const kernel = await tools.kernel?.()
  const list = cachedList(made)
  if (kernel === undefined || list === undefined) return undefined
  const ways = waysOf(list, 'native')
  const calls = stagesOf({ list, attachment: made.attachment, ways })
  const links = calls.flatMap((call) => planFormer(stageOf(call).requests, noFacts)).filter(isVeth)
  const found = await kernel.observe('', links)
  const isMarked = found.some(({ owner }) => links.some((each) => isSameOwner(each.owner, owner)))
  return isMarked ? ways : undefined
}

const noFacts = { facts: { links: {} } }

function isVeth({ resource, owner }: Owned): boolean {
  return resource.kind === 'link' && resource.type.name === 'veth' && owner.kind === 'attachment'
}
