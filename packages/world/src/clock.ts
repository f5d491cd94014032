/** Time, as it is handed in. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  sleep(ms: number): Promise<void>
  /** The same, but a process that waits for nothing else ends. */
  idle(ms: number): Promise<void>
  /** Lets what else waits in this process have its turn, when the last one is some milliseconds ago. Absent: nothing else waits. */
  breathe?(): Promise<void> | undefined
}
