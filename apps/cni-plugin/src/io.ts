/** The arguments, environment and streams of a plugin. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The whole of standard input. */
  readonly readStdin: () => Promise<string>
  /** Writes a text to standard output as it is. */
  readonly write: (text: string) => void
  /** Writes one line to standard error; control characters in it are escaped. */
  readonly complain: (line: string) => void
}
