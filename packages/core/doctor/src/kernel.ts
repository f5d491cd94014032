import type {
  ObservedFlow,
  ObservedHost,
  ObservedLink,
  ObservedRoute,
  RepairedBridge,
} from '@vethra/model'

/** What the kernel says, and what a doctor has it do. */
export interface Kernel {
  /** Every interface. Throws CniError 5 and 100. */
  links(): Promise<readonly ObservedLink[]>
  /** Every route but default ones and the kernel's own. Throws CniError 5 and 100. */
  routes(): Promise<readonly ObservedRoute[]>
  /** Where UDP packets that were sent on went, as far as the kernel tells. */
  flows(): Promise<readonly ObservedFlow[]>
  /** What else is of matter. What cannot be looked at is left out, and named in `unknown`. */
  facts(): Promise<KernelFacts>
  /** The file system that a path is on, or would be. */
  fileSystem(path: string): Promise<string>
  /** Makes a bridge where it is missing, brings it up and gives it the addresses that it lacks. Throws CniError 5. */
  restoreBridge(bridge: RepairedBridge): Promise<void>
  /** Makes a link a port of a bridge, where one is given, and brings it up. Throws CniError 5. */
  restoreLink(link: string, bridge?: string): Promise<void>
}

/** What a kernel says of the host as a whole. */
export type KernelFacts = Pick<
  ObservedHost,
  'filtersBridges' | 'firewallManagers' | 'forwardRefusers' | 'forwards' | 'hiddenRules' | 'unknown'
>
