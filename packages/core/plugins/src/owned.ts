import {
  type AttachmentOwner,
  attachmentOwner,
  type Owned,
  type Owner,
  type Resource,
} from '@vethra/state'
import type { PluginRequest } from './plugin.ts'

/** The owner of what a plugin makes for one attachment alone. */
export function ownerOf({ network, attachment }: PluginRequest): AttachmentOwner {
  return attachmentOwner({ network, ...attachment })
}

/** Resources of one owner, in their order. */
export function owned(owner: Owner, resources: readonly Resource[]): readonly Owned[] {
  return resources.map((resource) => ({ resource, owner }))
}
