import type { CachedAttachment, World } from '@vethra/world'

/** The ports of the plugins. */
export interface PluginWorld extends Pick<World, 'ipam'> {
  /** The attachments in libcni's result cache. */
  cached(): Promise<readonly CachedAttachment[]>
}
