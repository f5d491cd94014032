import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerNames } from '@vethra/names'
import type { Lock } from '@vethra/world'
import { type DiskHostsStoreOptions, diskHostsStore } from '../src/index.ts'

/** A store in a temporary folder. */
export interface SampleStore {
  readonly dir: string
  /** `dir/default`. */
  readonly folder: string
  readonly store: ReturnType<typeof diskHostsStore>
  readonly close: () => Promise<void>
}

/** A lock that lets the callers of one process take turns: an adapter's tests use no other adapter. */
export function turns(): Lock {
  let last: Promise<unknown> = Promise.resolve()
  return {
    hold(_path, work) {
      const turn = last.then(
        () => work(),
        () => work(),
      )
      last = turn
      return turn
    },
  }
}

/** Opens a store in a temporary folder of its own. */
export async function sampleStore(
  options: Partial<DiskHostsStoreOptions> = {},
): Promise<SampleStore> {
  const dir = await mkdtemp(join(tmpdir(), 'etchosts-'))
  const store = diskHostsStore({ dir, namespace: 'default', lock: turns(), ...options })
  return { dir, folder: join(dir, 'default'), store, close: () => rm(dir, { recursive: true }) }
}

/** A container with the hostname `h-ID` in one network. */
export function container(id: string, ref: string, address: string): ContainerNames {
  const result = { cniVersion: '1.0.0', interfaces: [], ips: [{ address }], routes: [], dns: {} }
  return { id, name: '', hostname: `h-${id}`, extraHosts: [], networks: { [ref]: result } }
}

/** The managed lines of a file, without markers, localhost and blanks, each as address and names. */
export async function entriesOf(path: string): Promise<readonly string[]> {
  const rows = (await readFile(path, 'utf8')).split('\n').filter((row) => row.trim() !== '')
  const managed = rows.slice(rows.indexOf('# <nerdctl>') + 3, rows.indexOf('# </nerdctl>'))
  return managed.map((row) => row.split(/\s+/).join(' '))
}

/** What shows whether a file was replaced (inode) or written to (times). */
export async function traceOf(path: string): Promise<string> {
  const { ino, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return `${ino} ${mtimeNs} ${ctimeNs}`
}
