import { diff, type Finding } from '@vethra/findings'
import type { DoctorTools } from './doctor-tools.ts'
import { observe } from './observe.ts'
import type { Scope } from './scope.ts'

/** How long what was found must last, in milliseconds: an ADD that is under way looks half done for a moment. */
export const lastingMs = 500

/**
 * The findings on this host now, the worst first. A fault of ours is looked for twice, so that
 * changes under way are not reported.
 */
export async function examine(tools: DoctorTools): Promise<readonly Finding[]> {
  const first = await look(tools)
  if (!first.some(({ repair }) => repair)) return first
  await tools.clock.sleep(lastingMs)
  const ids = new Set(first.map(({ id }) => id))
  return (await look(tools)).filter(({ id }) => ids.has(id))
}

/** The findings now, in a scope or everywhere; those of operations that are under way are among them. */
export async function look(tools: DoctorTools, scope?: Scope): Promise<readonly Finding[]> {
  const { desired, observed } = await observe(tools, scope)
  return diff(desired, observed)
}
