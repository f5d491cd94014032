import type { Json } from '@vethra/cni'

/** The containers of one namespace on disk. Throws CniError 107 for ids and names that are no path component, 5. Reading makes nothing. */
export interface ContainerStore extends ContainerFiles, HookLogs, TakenNames {
  /** `DATA_STORE/containers/NS/ID`, whether it exists or not. */
  folder(id: string): string
  /** Makes the folder of a container (0700) and gives its path. */
  prepare(id: string): Promise<string>
  /** The ids that have a folder, ascending by their octets. */
  list(): Promise<readonly string[]>
  /** The id by an id, a name or the start of one id, in this order; else undefined. Throws CniError 103 when several begin so. */
  find(ref: string): Promise<string | undefined>
  /** The decisions (vethra.json) for every container of the data store, by namespace and id. Damaged files are left out. */
  decisions(): Promise<readonly Json[]>
  /** Removes the folder of a container with all that is in it, but not its name. False when there is none. */
  remove(id: string): Promise<boolean>
}

/** A file of JSON in a container's folder: ports, life cycle, and what `bundle prepare` decided. */
export type StateFile = 'network-config.json' | 'lifecycle.json' | 'vethra.json'

/** The files of one container. */
export interface ContainerFiles {
  /** Writes a file of JSON (0600) by rename, compact as nerdctl does; makes the container's folder if missing. */
  write(id: string, file: StateFile, json: object): Promise<void>
  /** The content of a file; undefined when it is missing. Throws CniError 107 naming the file when it is not JSON. */
  read(id: string, file: StateFile): Promise<Json | undefined>
  /** Writes a file that is mounted into the container, in place or new (0644): the container sees the change. Returns its path. */
  writeMounted(id: string, file: 'resolv.conf' | 'hostname', text: string): Promise<string>
}

/** The two runs of the hook in a container's life. */
export type HookEvent = 'createRuntime' | 'postStop'

/** `oci-hook.<event>.log` of one container (0600); of one that has no folder nothing is written. */
export interface HookLogs {
  /** Begins the log of a run with some lines, or none; that of the run before is kept as `….log.1`, older ones are not. */
  startLog(id: string, event: HookEvent, text: string): Promise<void>
  /** Adds lines to the log of the run. Only the end of a text beyond 64 KiB is kept. */
  appendLog(id: string, event: HookEvent, text: string): Promise<void>
}

/** The names of the containers of one namespace: a file each, with the id that holds it (0600). */
export interface TakenNames {
  /** Takes a name for an id, again for its holder; an empty file is free. Throws CniError 102 when another id holds it. */
  claimName(name: string, id: string): Promise<void>
  /** Gives a name back. A name that is free or another id's is left alone. */
  releaseName(name: string, id: string): Promise<void>
  /** The id that holds a name; undefined when it is free. */
  nameHolder(name: string): Promise<string | undefined>
  /** The names that a container holds, ascending by their octets; a file that names none is left out. */
  heldNames(): Promise<readonly { readonly name: string; readonly id: string }[]>
}
