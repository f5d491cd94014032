import { renameContainer } from '@vethra/engine'
import type { Tools } from './open-world.ts'

/** Gives a container another name. */
export async function rename(tools: Tools, ref: string, name: string): Promise<void> {
  await renameContainer(tools, ref, name)
}
