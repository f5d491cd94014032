import type { World } from '@vethra/world'

/** The parts that make attachments on a host that others use at the same time. */
export type HostTools = Pick<
  World,
  | 'runner'
  | 'cache'
  | 'records'
  | 'netns'
  | 'rules'
  | 'lock'
  | 'places'
  | 'plugins'
  | 'kernel'
  | 'steps'
> &
  Partial<
    Pick<
      World,
      | 'files'
      | 'lockNow'
      | 'onRemains'
      | 'events'
      | 'facts'
      | 'rootless'
      | 'sandboxes'
      | 'leaseResolvers'
    >
  >
