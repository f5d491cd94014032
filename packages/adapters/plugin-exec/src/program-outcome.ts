/** How a program ended. */
export interface Outcome {
  /** Its exit status; -1 when a signal ended it. */
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Starts a program and waits for its end; throws what execve(2) says. */
export type Start = (file: string, args: readonly string[], input: string) => Promise<Outcome>
