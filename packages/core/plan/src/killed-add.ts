import type { AttachTools } from './attach.ts'
import type { HostTools } from './on-host.ts'
import type { AttachmentKey } from './result-cache.ts'

/** Where nothing is cached, what a killed ADD had made so far serves: plugins such as firewall find their rules by the result alone. */
export function withRecords({ runner, cache, records }: HostTools): AttachTools {
  const read = async (key: AttachmentKey) =>
    (await cache.read(key)) ?? (await records.read(key))?.made
  return { runner, cache: { ...cache, read } }
}

/**
 * A record without a cache entry means that an ADD did not come to its end. If it was killed, the plugin that
 * ran then may still be running, and would undo our undoing: waits until it has ended.
 */
export async function afterOrphans(
  { records, cache, netns }: HostTools,
  key: AttachmentKey,
): Promise<void> {
  if ((await records.read(key)) === undefined || (await cache.read(key)) !== undefined) return
  await netns.pluginsEnded(key.containerId)
}
