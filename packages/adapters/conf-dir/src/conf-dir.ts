import { dirname, join, resolve } from 'node:path'
import { createWhole, makeFolder, removeFile } from '@vethra/files'
import { guards, type Lock } from '@vethra/lock'
import { CniError, checkNetworkName, checkPathComponent } from '@vethra/spec'
import { type ConfFile, readConfFiles } from './read-conf-files.ts'

/** Options of `confDir`. */
export interface ConfDirOptions {
  /** `NETCONF`. Need not exist. */
  readonly dir: string
  /** The containerd namespace, which has a folder of its own below `dir`. */
  readonly namespace: string
  /** Excludes other writers; by flock(2), nerdctl too. */
  readonly lock: Lock
}

/** The conf lists of one namespace and those that all namespaces share. */
export interface ConfDir {
  /**
   * Every `.conflist`, `.conf` and `.json` in the folder and in that of the namespace, all paths
   * together ascending by their octets; sub-folders are not entered. Makes no folder. nerdctl writes
   * in place, so a text read outside of `exclusively` may be half of one.
   */
  list(): Promise<readonly ConfFile[]>
  /**
   * The drop-in plugin confs of a list (libcni 1.3): `*.conf` in the folder that lies beside the
   * list's `file` and has the network's name. Ascending by their octets. Throws CniError 107 for a
   * name that would lead elsewhere.
   */
  dropIns(file: string, networkName: string): Promise<readonly ConfFile[]>
  /**
   * Writes `nerdctl-NAME.conflist` (0644) and gives its path: in the folder itself for the namespace
   * `default`, else in that of the namespace. Throws CniError 102 when the file is there already.
   */
  create(name: string, text: string): Promise<string>
  /** Removes a file of `list`; false when it is gone. Throws CniError 101 for any other path. */
  remove(file: string): Promise<boolean>
  /** Runs `work` while nobody else reads and then writes: from the choice of a subnet to its conf list. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}

/** Conf lists on disk, where nerdctl, containerd and cnitool look for them. Throws CniError 107 for a hostile namespace. */
export function confDir({ dir, namespace, lock }: ConfDirOptions): ConfDir {
  checkPathComponent('namespace', namespace)
  const shared = resolve(dir)
  const own = join(shared, namespace)
  const place = namespace === 'default' ? shared : own
  return {
    list: () => readConfFiles([shared, own], ['.conflist', '.conf', '.json']),

    async dropIns(file, networkName) {
      checkPathComponent('network name', networkName)
      return await readConfFiles([join(dirname(file), networkName)], ['.conf'])
    },

    async create(name, text) {
      checkNetworkName(name)
      const file = join(place, `nerdctl-${name}.conflist`)
      await makeFolder(place, 0o755)
      if (!(await createWhole(file, text, { mode: 0o644 }))) throw exists(name, file)
      return file
    },

    async remove(file) {
      if (![shared, own].includes(dirname(file))) throw foreign(file, shared)
      return await removeFile(file)
    },

    async exclusively(work) {
      await makeFolder(shared, 0o755)
      return await lock.hold(guards['conf-lists']({ netconf: shared }), work)
    },
  }
}

function exists(name: string, file: string): CniError {
  return new CniError({
    code: 102,
    message: `cannot create network ${name}: ${file} exists`,
    hint: 'Choose another name, or remove that network first.',
  })
}

function foreign(file: string, dir: string): CniError {
  return new CniError({
    code: 101,
    message: `${file} is no conf list of ${dir}`,
    hint: 'Name a file of that folder, or of the folder of the namespace in it.',
  })
}
