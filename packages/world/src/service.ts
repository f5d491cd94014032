import type { CniError } from '@vethra/cni'

/** A host that is watched for changes. */
export interface HostWatch {
  /** Watches folders that have appeared or were replaced, and starts programs that have ended. Call it at leisure. */
  refresh(): void
  /** Ends watching. */
  close(): void
}

/** Gets the changes of a watched host. */
export interface WatchHearer {
  /** Called at each change with the path or the part of the kernel. `isFlush`: a whole table of nftables is gone. Default: no. */
  readonly onChange: (what: string, isFlush?: boolean) => void
  /** Called with CniError 5 for a part that cannot be watched any more, until `refresh`. */
  readonly onFault: (fault: CniError) => void
}

/** The service manager that started this process; without one there are no sockets, and reports are dropped. */
export interface Service {
  /** The descriptors of sockets that it handed over, 3 and up. */
  readonly sockets: readonly number[]
  /** Reports a state such as `READY=1`. Throws CniError 5 when it cannot be sent. */
  tell(state: string): Promise<void>
  /** How long it waits for `WATCHDOG=1` before it kills this process, in milliseconds; undefined when it does not. */
  readonly watchdogMs: number | undefined
}
