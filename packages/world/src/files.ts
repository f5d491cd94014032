/** Files of the host that belong to no store: config.json of bundles, pid files, events. Failures are CniError 5. */
export interface Files {
  /** The text of a regular file; undefined when there is none. */
  read(path: string): Promise<string | undefined>
  /** A path without symbolic links; as it is where it does not exist. */
  realPath(path: string): Promise<string>
  /** Replaces a file whole, and keeps its mode. */
  rewrite(path: string, text: string): Promise<void>
  /** Writes a file whole, by rename. */
  write(path: string, text: string, how: FileMode): Promise<void>
  /** Appends to a file, which is made where it is missing. */
  append(path: string, text: string, how: FileMode): Promise<void>
  /** Makes a folder and those above it. */
  makeFolder(path: string, mode: number): Promise<void>
  /** Removes a file, or an empty folder in its place; false when there is none. */
  remove(path: string): Promise<boolean>
}

/** How a file is written. */
export interface FileMode {
  /** The permission bits. */
  readonly mode: number
  /** Whether it survives a power cut: two fsyncs. Default true. */
  readonly sync?: boolean
}
