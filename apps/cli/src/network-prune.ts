import { CniError } from '@vethra/cni'
import { removeNetworks, unusedNetworks } from '@vethra/engine'
import type { Io } from '@vethra/world'
import type { Tools } from './tools.ts'

/**
 * Removes all unused networks of ours, but the default one, and prints their names. Without `force`
 * nothing happens and CniError 103 says what would go.
 */
export async function pruneNetworks(
  tools: Tools,
  flags: { readonly force: boolean; readonly filter: readonly string[] },
  io: Io,
): Promise<void> {
  const unused = await unusedNetworks(tools, flags.filter)
  if (unused.length === 0) return
  if (!flags.force) {
    throw new CniError({
      code: 103,
      message: `this would remove the networks ${unused.join(', ')}, which no container uses`,
      hint: 'Add --force to remove them.',
    })
  }
  await removeNetworks(tools, unused)
  for (const name of unused) io.print(name, `network ${name} is removed`)
}
