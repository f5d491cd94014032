import type { ContainerNames } from '@vethra/names'

/**
 * The hosts files of one namespace's containers. Between `acquire` and `release` a container is
 * known: its file holds the names of the known containers that share a network with it, and theirs
 * hold its own. Every method may be called again after it was cut short, and then makes all files
 * right. Throws CniError 103 or 107 for names and ids that are not to be trusted, before anything is
 * written; 5 when a file cannot be written, 105 when another holds the lock for too long.
 */
export interface HostsStore {
  /** Makes the container's folder and a first hosts file to mount; an existing one keeps text and inode. Returns `path(id)`. */
  prepare(id: string, initial: string): Promise<string>
  /** Where the container's hosts file is, whether it exists or not. */
  path(id: string): string
  /** Makes the container known, or changes what is known of it; it wins addresses that others still claim. */
  acquire(names: ContainerNames): Promise<void>
  /** Makes containers unknown: their names leave their peers' files, their own files stay as they are. Nothing happens to those that were not known. */
  release(...ids: readonly string[]): Promise<void>
  /** Gives a known container another name. Nothing happens when it is not known. */
  rename(id: string, name: string): Promise<void>
  /** Releases containers and removes their folders. Nothing happens where there is none. */
  remove(...ids: readonly string[]): Promise<void>
  /** The known names of the container; undefined when they are unknown or damaged. */
  read(id: string): Promise<ContainerNames | undefined>
  /** All known containers, ascending by id. */
  list(): Promise<readonly ContainerNames[]>
}

/** The folders that hosts files are in. */
export interface HostsFolders {
  /** The ids of all folders of containers, ascending. Throws CniError 5. */
  ids(): Promise<readonly string[]>
  /** The folder of a container, and what its peers know of it. Throws CniError 5. */
  folder(id: string): Promise<HostsFolder>
  /** The ids of known containers whose hosts files do not say what is known, ascending: all of them are read. Throws CniError 5. */
  stale(): Promise<readonly string[]>
  /** Removes what writers that were killed have left, under the lock. Throws CniError 5. */
  tidy(): Promise<void>
}

/** The folder of one container's hosts file. */
export interface HostsFolder {
  readonly id: string
  /** `damaged` when there is a meta.json that cannot be used. */
  readonly names: 'none' | 'known' | 'damaged'
  /** The references to networks that it is known in; empty without a usable meta.json. */
  readonly networks: readonly string[]
}
