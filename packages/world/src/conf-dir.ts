import type { ConfFileText } from '@vethra/conflist'

/** The conf lists of one namespace and those that all namespaces share. */
export interface ConfDir {
  /** Every conf file of the folder and of the namespace's, ascending by octets; nerdctl writes in place: outside of `exclusively` halves are read. */
  list(): Promise<readonly ConfFileText[]>
  /** As `list`, of all other namespaces; a folder of drop-in confs looks like one, so some files may be no conf lists. */
  listOthers(): Promise<readonly ConfFileText[]>
  /** The `*.conf` of a list's drop-in folder beside `file`, ascending (libcni 1.3). Throws CniError 107 for a name that leads elsewhere. */
  dropIns(file: string, networkName: string): Promise<readonly ConfFileText[]>
  /** The path of the conf list that `create` writes. Throws CniError 7 for a name that no network can have. */
  fileOf(name: string): string
  /** Writes `nerdctl-NAME.conflist` (0644), for `default` and the default network in the folder itself. Throws CniError 102 for a taken name. */
  create(name: string, text: string): Promise<string>
  /** Keeps a copy of a conf list out of the folder, for a container that wants its network and is not attached. */
  keep(file: string, text: string): Promise<void>
  /** The copies that were kept of the files that `list` gives, or gave, ascending by their paths. */
  kept(): Promise<readonly ConfFileText[]>
  /** Writes a file (0644) as its copy was kept; false when it is there already, or has no copy. */
  restore(file: string): Promise<boolean>
  /** Removes a file of `list` with the copy kept of it; false when it is gone. Throws CniError 101 for any other path. */
  remove(file: string): Promise<boolean>
  /** Runs `work` under the folder's lock: from choosing a subnet to its conf list. Drafts of killed processes go first. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}
