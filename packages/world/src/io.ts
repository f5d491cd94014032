/** The caller of an app: its environment, its streams and its time. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** All of standard input. Octets that are not UTF-8 become U+FFFD, or CniError 6 for `UTF-8`. Throws CniError 5 beyond 64 MiB. */
  readonly readStdin: (only?: 'UTF-8') => Promise<string>
  /** Writes a text to standard output as it is. */
  readonly write: (text: string) => void
  /** Writes a line to standard output, control characters escaped. Never throws: lost output is reported at the end, with each `done`. */
  readonly print: (line: string, done?: string) => void
  /** Writes a text and a line feed to standard output as it is: foreign parts of it have been escaped. */
  readonly printStyled: (line: string, done?: string) => void
  /** Whether standard output takes no more. */
  readonly isLost: () => boolean
  /** Writes one line to standard error; control characters in it are escaped. */
  readonly complain: (line: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Whether standard output is a terminal: only then it gets colour. */
  readonly isTerminal: () => boolean
  /** The columns of the terminal that standard output is; undefined where it is none. */
  readonly columns: () => number | undefined
  /** The argument vector that calls this program again: what hook lines begin with. */
  readonly program: readonly string[]
}
