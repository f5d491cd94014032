import type { SeenUser } from '@vethra/container'

/** The user that this process is of, and what rootless containers need. Nothing is started or changed. */
export interface UserFacts {
  /** As seen outside of RootlessKit. */
  user(): SeenUser
  /** The paths of programs that are on PATH, by name. */
  programs(): SeenUser['programs']
  /** Whether a folder can be written to, or made where it is missing. */
  isWritable(path: string): boolean
}
