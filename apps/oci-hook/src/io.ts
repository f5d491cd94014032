/** The arguments, environment and streams of the hook. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The whole of standard input. */
  readonly readStdin: () => Promise<string>
  /** Writes one line to standard error, which the OCI runtime shows of a failed hook; control characters are escaped. */
  readonly complain: (line: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The argument vector that calls this program again. */
  readonly program: readonly string[]
}
