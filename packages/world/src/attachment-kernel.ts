import type { CniError } from '@vethra/cni'
import type { Facts, WantedFacts } from '@vethra/plugins'
import type { Change, InterfaceAddress, Owner, Route, State } from '@vethra/state'

/** A change that the kernel refused, and its error. */
export interface FailedChange {
  readonly change: Change
  readonly error: CniError
}

/** The outcome of changes: those that were carried out, in order, in whole or in part, and the first that was refused. */
export interface Applied {
  readonly done: readonly Change[]
  readonly failed?: FailedChange
}

/** An interface of the host that bears a mark. */
export interface MarkedLink {
  readonly name: string
  readonly owner: Owner
  /** The name of its bridge; absent where it is no port. */
  readonly bridge?: string
}

/** An entry of table `inet vethra` that is not of our making: a chain, a rule, or an element without a mark. */
export interface StrangeEntry {
  /** The words for nft(8) that delete it: `delete rule inet vethra forward handle 12`. */
  readonly deletion: string
  /** Whether packets are dropped or rejected by it. */
  readonly refuses: boolean
  /** The place of an element. */
  readonly element?: { readonly set: string; readonly key: readonly string[] }
  /** The comment of the table, where all of it is of another program, or of a newer version; absent where programs look. */
  readonly comment?: string
}

/** A container's namespace: what is there of what was expected, and all that leads packets by one interface. */
export interface SeenInside {
  /** As `observe` returns it. */
  readonly found: State
  /** The routes of the main table through the interface. */
  readonly routes: readonly Route[]
  /** The addresses of its neighbour entries that somebody made by hand; none where programs look. */
  readonly neighbours: readonly string[]
  /** All of the namespace, but on interfaces of odd names; none where programs look. */
  readonly addresses: readonly AddressInside[]
  /** The commands that delete what refuses all packets, or add what takes them, local routes among it: `ip -4 rule delete pref 10`. None where programs look. */
  readonly refusals: readonly string[]
}

/** An address on an interface inside of a container. */
export type AddressInside = Pick<InterfaceAddress, 'link' | 'address' | 'prefixLength'>

/** How changes are applied. */
export interface ApplyOptions {
  /** Whether a container's interface is deleted (20 ms of the kernel), or taken down as its netns goes. Default: `delete`. */
  readonly links?: 'delete' | 'down'
}

/** A host's kernel for attachments; `netns` is a path, empty where it is gone. Throws CniError 8 for a bad path, 5 when it cannot be asked. */
export interface AttachmentKernel {
  /** The facts of the host that a plan asks for, and of the container where `netns` is its namespace. */
  facts(wanted: WantedFacts, netns?: string): Promise<Facts>
  /** The expected resources that exist, as they are now, with the owners that their marks name. */
  observe(netns: string, expected: State): Promise<State>
  /** As `observe`, of a container that has the namespace and the interface: in one visit. */
  lookInside(netns: string, ifname: string, expected: State): Promise<SeenInside>
  /** The published ports that lead to any of the addresses, with the owners that their marks name. */
  publishedTo(addresses: readonly string[]): Promise<State>
  /** The effects of the firewall that bear a mark of a network or of an attachment; `of`: of that owner alone. */
  effects(of?: Owner): Promise<State>
  /** The interfaces of the host that bear a mark of a network or of an attachment. */
  marked(): Promise<readonly MarkedLink[]>
  /** Whether table `inet vethra` has its hooks, policies and rules, which are the same whatever is in its sets. */
  isTableWhole(): Promise<boolean>
  /** Fills the chains of table `inet vethra` again; what is in its sets stays. Throws CniError 5 where the kernel refuses. */
  fillTable(): Promise<void>
  /** The entries of table `inet vethra` that are not of our making. */
  strange(): Promise<readonly StrangeEntry[]>
  /** Runs `work` with a kernel that keeps its sockets for `netns` open until the end. Absent where none are used. */
  holdingSockets?<T>(
    netns: string,
    work: (kernel: Omit<AttachmentKernel, 'holdingSockets'>) => Promise<T>,
  ): Promise<T>
  /** Applies changes in their order, until one is refused. */
  apply(netns: string, changes: readonly Change[], options?: ApplyOptions): Promise<Applied>
}
