import { type RemoveOptions, removeContainers } from '@vethra/engine'
import type { Io } from '@vethra/world'
import type { Tools } from './open-world.ts'

/** Forgets containers that the runtime has deleted, and prints each id. Throws CniError 101 and 102 for those that stay, after the others have gone. */
export async function forgetContainers(
  tools: Tools,
  { refs, ...options }: RemoveOptions & { readonly refs: readonly string[] },
  io: Io,
): Promise<void> {
  const { removed, failure } = await removeContainers(tools, refs, options)
  for (const ref of removed) io.print(ref, `removed the records of container ${ref}`)
  if (failure) throw failure
}
