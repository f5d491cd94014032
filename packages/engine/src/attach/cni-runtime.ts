import type { Attachment, AttachmentKey, ConfList, ParsedResult } from '@vethra/cni'
import type { CachedAttachment } from '@vethra/world'
import { type AttachTools, attach, checkAttachment, detach } from './attach.ts'
import { undoAfter } from './failures.ts'
import { checkStatus, freeUnused } from './network-operations.ts'
import type { ValidAttachment } from './plan.ts'
import { supportedVersions } from './supported-versions.ts'
import { validateList } from './validate-list.ts'

/** The runtime under the names that libcni gives its operations, for those who know it. Locks between processes are the caller's: `holdingContainer` takes them. */
export interface CniRuntime {
  /** Attaches, and returns what the last plugin returned. Unlike libcni, a failure is undone. */
  addNetworkList(list: ConfList, attachment: Attachment): Promise<ParsedResult>
  /** Detaches, with what was cached at ADD. Goes through all plugins. */
  delNetworkList(list: ConfList, attachment: Attachment): Promise<void>
  /** Checks against the cached result. */
  checkNetworkList(list: ConfList, attachment: Attachment): Promise<void>
  /** STATUS, IPAM plugins included. */
  getStatusNetworkList(list: ConfList): Promise<void>
  /** GC of every plugin; unlike libcni, what is cached is not deleted: `collectGarbage` decides what is ours. */
  gcNetworkList(list: ConfList, validAttachments: readonly ValidAttachment[]): Promise<void>
  /** The capabilities that the plugins declare. */
  validateNetworkList(list: ConfList): Promise<readonly string[]>
  /** The spec versions that a plugin supports. */
  getVersionInfo(type: string): Promise<readonly string[]>
  /** The attachment as it was made; undefined when nothing is cached. */
  getCachedAttachment(key: AttachmentKey): Promise<CachedAttachment | undefined>
  /** All cached attachments, or those of one container. */
  getCachedAttachments(containerId?: string): Promise<readonly CachedAttachment[]>
}

/** A CniRuntime that runs plugins with `runner` and remembers them in `cache`. */
export function cniRuntime(tools: AttachTools): CniRuntime {
  const { runner, cache } = tools
  return {
    addNetworkList: async (list, attachment) => {
      const result = await attach(tools, list, attachment)
      const undo = () => detach(tools, { list, network: list.name, attachment })
      await cache.flush().catch(async (error: unknown) => {
        throw await undoAfter(error, undo)
      })
      return result
    },
    delNetworkList: (list, attachment) => detach(tools, { list, network: list.name, attachment }),
    checkNetworkList: (list, attachment) =>
      checkAttachment(tools, { list, network: list.name, attachment }),
    getStatusNetworkList: (list) => checkStatus(runner, list),
    gcNetworkList: (list, validAttachments) =>
      freeUnused(runner, { operation: 'GC', list, validAttachments }),
    validateNetworkList: (list) => validateList(runner, list),
    getVersionInfo: (type) => supportedVersions(runner, type),
    getCachedAttachment: (key) => cache.read(key),
    getCachedAttachments: (containerId) => cache.list(containerId),
  }
}
