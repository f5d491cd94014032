import { CniError, isPathComponent } from '@vethra/cni'
import { attachedIdOf, recordsOf } from '../attach/container-records.ts'
import { lifeNow } from '../attach/life.ts'
import type { ManageTools } from '../network/tools.ts'
import { findContainer } from './container-inspect.ts'
import { notPrepared } from './container-record.ts'
import { attachedState, type KnownContainer, netnsOf } from './container-state.ts'

/** All that is known of a container to remove, or its attachments where files are damaged. Throws CniError 101 for nothing, 102 for nerdctl's. */
export async function findRemains(tools: ManageTools, ref: string): Promise<KnownContainer> {
  try {
    const found = await findContainer(tools, ref)
    refuseNerdctls(found)
    return found
  } catch (error) {
    const unreadable = error instanceof CniError && [101, 107].includes(error.code)
    const remains = unreadable ? await remainsOf(tools, ref) : undefined
    if (remains === undefined) throw error
    return remains
  }
}

// Its ids are 64 hex digits, and it keeps no vethra.json. It goes by files of its own, and by containerd's.
function refuseNerdctls({ id, record }: KnownContainer): void {
  if (record !== undefined || !/^[0-9a-f]{64}$/.test(id)) return
  throw notPrepared(id, `Remove it with the program that made it: nerdctl rm -f ${id.slice(0, 12)}`)
}

async function remainsOf(
  { containers, host, settings }: ManageTools,
  ref: string,
): Promise<KnownContainer | undefined> {
  if (!isPathComponent(ref)) return undefined
  const found = await containers.find(ref)
  const id = found ?? ref
  const container = { namespace: settings.namespace, id }
  const attachments = await recordsOf(host.records, container)
  const cached = await host.cache.list(await attachedIdOf(host.records, container))
  if (found === undefined && attachments.length === 0 && cached.length === 0) return undefined
  const [first] = attachments
  const life = first === undefined ? 'gone' : await lifeNow(host, first)
  return { id, attachments, state: attachedState[life], netns: netnsOf(first, life) }
}
