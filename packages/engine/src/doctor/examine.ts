import { diff, type Finding, lostFindings } from '@vethra/findings'
import type { DoctorTools } from './doctor-tools.ts'
import { lostFolders } from './lost-files.ts'
import { observe } from './observe.ts'

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

async function look(tools: DoctorTools): Promise<readonly Finding[]> {
  const lost = lostFindings(await lostFolders(tools))
  if (lost.length > 0) return lost
  const { desired, observed } = await observe(tools)
  return diff(desired, observed)
}
