import { diff, type Finding, lostFindings } from '@vethra/findings'
import type { DoctorTools } from './doctor-tools.ts'
import { lostFolders } from './lost-files.ts'
import { type HostState, observe } from './observe.ts'
import type { Scope } from './scope.ts'

/** How long what was found must last, in milliseconds: an ADD that is under way looks half done for a moment. */
export const lastingMs = 500

/**
 * The findings on this host now, the worst first. A fault of ours is looked for twice, so that
 * changes under way are not reported.
 */
export async function examine(tools: DoctorTools): Promise<readonly Finding[]> {
  const first = await lookAtAll(tools)
  if (!first.some(({ repair }) => repair)) return first
  await tools.clock.sleep(lastingMs)
  const ids = new Set(first.map(({ id }) => id))
  return (await lookAtAll(tools)).filter(({ id }) => ids.has(id))
}

async function lookAtAll(tools: DoctorTools): Promise<readonly Finding[]> {
  const lost = lostFindings(await lostFolders(tools))
  return lost.length > 0 ? lost : look(tools, {})
}

/** Takes the repairs that are not to be made from the findings of a look. */
export type Judge = (findings: readonly Finding[], state: HostState) => readonly Finding[]

/** The findings on this host now, or in a scope, the worst first, as a judge leaves them. */
export async function look(
  tools: DoctorTools,
  { judge = (findings) => findings }: { readonly judge?: Judge },
  scope?: Scope,
): Promise<readonly Finding[]> {
  const state = await observe(tools, scope)
  await tools.clock.yieldNow?.()
  const found = diff(state.desired, state.observed)
  await tools.clock.yieldNow?.()
  return judge(found, state)
}
