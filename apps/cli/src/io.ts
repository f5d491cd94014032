/** What a command is started with and writes to. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Writes one line to standard output. */
  readonly print: (line: string) => void
  /** Writes one line to standard error. */
  readonly complain: (line: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Whether standard output is a terminal: only then it gets colour. */
  readonly terminal: boolean
  /** The argument vector that calls this program again: what hook lines begin with. */
  readonly program: readonly string[]
}
