/** Reads and writes files of others. */
export interface BundleFiles {
  /** The text of a regular file; undefined when there is none. Throws CniError 5. */
  read(file: string): Promise<string | undefined>
  /** Replaces a file whole, and keeps its mode. Throws CniError 5. */
  write(file: string, text: string): Promise<void>
}
