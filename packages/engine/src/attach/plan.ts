import type { Attachment, CniError, ConfList, ParsedResult } from '@vethra/cni'
import type { PluginWay } from '@vethra/plugins'

/** An operation on all plugins of a network. */
export type Plan = AttachmentPlan | NetworkPlan

/** An operation on one attachment. */
export interface AttachmentPlan {
  readonly operation: 'ADD' | 'DEL' | 'CHECK'
  readonly list: ConfList
  readonly attachment: Attachment
  /** The JSON text of what ADD returned, when it is known. An ADD begins with it: for plugins that are chained to others. */
  readonly prevResult?: string
  /** The ways of the plugins, in the list's order. Default: programs. */
  readonly ways?: readonly PluginWay[] | undefined
}

/** An operation on the network itself. */
export interface NetworkPlan {
  readonly operation: 'STATUS' | 'GC'
  readonly list: ConfList
  /** As for an attachment. */
  readonly ways?: readonly PluginWay[] | undefined
  /** GC: what must be kept. */
  readonly validAttachments?: readonly ValidAttachment[]
}

/** An attachment that GC must keep (SPEC 1.1.0, section 2, "GC"). */
export interface ValidAttachment {
  readonly containerID: string
  readonly ifname: string
}

/** How far a plan has come. */
export interface Progress {
  readonly plan: Plan
  /** Back through DEL, and through the undoing of a failed ADD; forward through all else. */
  readonly direction: 'forward' | 'back'
  /** Position of the plugin that is next. */
  readonly index: number
  /** The result of ADD's last plugin, or the one that ADD began with. */
  readonly last?: ParsedResult
  /** In the order in which they came up; the first one is why an ADD failed. */
  readonly errors: readonly CniError[]
}
