import type { SeenNamespace } from '@vethra/cni'

/** The facts of the host about namespaces and about the processes that plugins run in. */
export interface NamespaceFacts {
  /** The object at a path now. Never rejects. */
  look(path: string): Promise<SeenNamespace>
  /** The folder or link on a path that another user can change, so that it may lead elsewhere a moment later; undefined for none. */
  changeablePart(path: string): string | undefined
  /** An interface inside the namespace at a path; undefined where it cannot be read. */
  interfaceIn(path: string, ifname: string): Promise<SeenInterface | undefined>
  /** Whether the namespace at a path has an interface of that name. */
  hasLink(path: string, ifname: string): Promise<boolean>
  /** The identity of that interface; undefined when there is none. */
  linkAt(path: string, ifname: string): Promise<LinkInside | undefined>
  /** All interfaces of that namespace; empty where it cannot be entered. */
  linksIn(path: string): Promise<readonly NamedLink[]>
  /** A random word by which the plugins of one operation are known. */
  nonce(): string
  /** Waits until no plugin with the operation's nonce runs; without, no left program of ours. Throws CniError 104 after `timeoutMs`, 60,000. */
  pluginsEnded(object: string, nonce: string | undefined, timeoutMs?: number): Promise<void>
}

/** An interface of a container, as the kernel has it. */
export interface SeenInterface {
  /** The namespace that it was read in. */
  readonly cookie: string
  readonly mac: string
  /** `10.4.1.2/24`. */
  readonly addresses: readonly string[]
}

/** An interface among all of a namespace. */
export interface NamedLink {
  readonly name: string
  /** `macvlan`, …; empty where the kernel names none. */
  readonly kind: string
  readonly mac: string
  /** Without prefix length. */
  readonly addresses: readonly string[]
  /** Whether its parent, or its other end, is in another namespace. */
  readonly leadsOut: boolean
}

/** The identity of an interface in a namespace. */
export interface LinkInside {
  /** `veth`, `macvlan`, …; empty where the kernel names none. */
  readonly kind: string
  readonly mac: string
  /** Whether the name that was asked for is an alternative one of it: ip-link(8), altname. */
  readonly isAlias?: boolean
  /** The name of its other end, where that is on the host. */
  readonly otherEnd?: string
  /** The bridge of the host that its other end is a port of; empty for none. Absent where the other end is not on the host. */
  readonly bridge?: string
}
