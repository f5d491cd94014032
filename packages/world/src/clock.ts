/** The time of a host, and waiting: tests hand in a clock of their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  sleep(ms: number): Promise<void>
  /** The same, but a process that waits for nothing else ends. */
  idle(ms: number): Promise<void>
  /** Lets the event loop go on where it has not for some milliseconds. Absent: nothing else waits in this process. */
  yieldNow?(): Promise<void>
}
