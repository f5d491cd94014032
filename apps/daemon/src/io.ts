/** The arguments, environment and streams of the daemon. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Writes one line to standard error; control characters in it are escaped. */
  readonly complain: (line: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The argument vector that calls this program again. */
  readonly program: readonly string[]
}
