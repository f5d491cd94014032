import { basename, dirname, join } from 'node:path'
import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { guards } from '@vethra/cni'
import { listFolder, listFolders } from '@vethra/files'
import type { SignsOfLife } from '@vethra/ipam'
import { heldByOthers } from './held-locks.ts'
import { containersOfPlugins } from './plugins-at-work.ts'

/** Signs of life of containers in all stores, runtimes and processes, beside caches and records. `dataRoot`: of our stores, `runtime`: in /run. */
export async function signsOnHost(
  dataRoot: string,
  runtime: string,
): Promise<Pick<SignsOfLife, 'known' | 'namespaces' | 'running'>> {
  const [known, namespaces, operations] = await Promise.all([
    knownContainers(dataRoot),
    namedNamespaces(),
    attachmentsAtWork(runtime),
  ])
  const running = new Set([...containersOfPlugins(), ...operations])
  return { known: new Set(known), namespaces: namespaceIds(namespaces), running }
}

// An attachment is made and removed under a lock that has its container's name.
async function attachmentsAtWork(runtime: string): Promise<readonly string[]> {
  const lock = guards.attachment({ runtime }, 'ID')
  const prefix = basename(lock).slice(0, -'ID'.length)
  const held = await heldByOthers(dirname(lock))
  return held.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []))
}

// nerdctl keeps reservations in the same folder, and its containers in its own.
async function knownContainers(dataRoot: string): Promise<readonly string[]> {
  const roots = [...new Set([dataRoot, '/var/lib/nerdctl'])]
  const stores = (await Promise.all(roots.map(subfolders))).flat()
  const namespaces = await Promise.all(
    stores.flatMap((store) => [join(store, 'containers'), join(store, 'etchosts')]).map(subfolders),
  )
  const runtimes = ['/run/runc', '/run/crun']
  const tasks = await subfolders('/run/containerd/io.containerd.runtime.v2.task')
  const folders = [...namespaces.flat(), ...runtimes, ...tasks]
  return (await Promise.all(folders.map(listFolders))).flat()
}

async function subfolders(folder: string): Promise<readonly string[]> {
  return (await listFolders(folder)).map((name) => join(folder, name))
}

async function namedNamespaces(): Promise<readonly string[]> {
  const folders = ['/run/netns', '/var/run/netns', '/run/docker/netns']
  const found = await Promise.all(
    folders.map(async (folder) => (await listFolder(folder)).map((name) => join(folder, name))),
  )
  return found.flat()
}

// A digest for each path takes a tenth of all that is looked at for; hardly any container is of cnitool.
function namespaceIds(paths: readonly string[]): SignsOfLife['namespaces'] {
  const names = new Set(paths.map((path) => basename(path)))
  let ids: ReadonlySet<string> | undefined
  const idsOfCnitool = () => {
    ids ??= new Set(paths.map(idOfCnitool))
    return ids
  }
  return { has: (id) => names.has(id) || (id.startsWith('cnitool-') && idsOfCnitool().has(id)) }
}

function idOfCnitool(path: string): string {
  return `cnitool-${bytesToHex(sha512(utf8ToBytes(path))).slice(0, 20)}`
}
