import type { PortMapping } from '@vethra/container'
import type { ObservedPortHold } from '@vethra/findings'

/** Keeps published ports of the host taken, visible as sockets, for as long as their container lives. */
export interface PortHolder {
  /**
   * Takes all ports of a container, or none. Ports that an earlier life of the same container still
   * holds are freed first, also when there are no ports now. The ports are taken when the promise
   * is kept; they outlive this process from `settled` on. Throws CniError 102 that names who has a
   * port, 100 for a protocol or family that the kernel lacks, 5 when the system refuses.
   */
  hold(request: HoldRequest): Promise<PortReservation>
  /** Frees what a container holds; nothing is fine. By `ports` it is found without its record. Throws CniError 5 when it stays taken. */
  release(container: Omit<HoldRequest, 'pid' | 'startTime'>): Promise<void>
  /** Everything that is held or recorded, ordered by container id. */
  list(): Promise<readonly ObservedPortHold[]>
  /** Removes what writers that were killed have left. Default: nothing is ever left. */
  tidy?(): Promise<void>
}

/** The container whose ports are to be held. */
export interface HoldRequest {
  /** As plugins know it. */
  readonly containerId: string
  /** Its first process: the ports are free when it ends. */
  readonly pid: number
  /** When it started: proc_pid_stat(5), field 22. Default: the process that has the number now. */
  readonly startTime?: string
  readonly ports: readonly PortMapping[]
}

/** Ports that have just been taken. */
export interface PortReservation {
  /** Waits until the ports outlive this process. Throws CniError 5 when they will not. */
  settled(): Promise<void>
}
